import { ZERO_THRESHOLD } from '../zero-threshold'
import { decisions, missingOf } from './decision-type'

/** How a node decides. */
export const kinds = {
  /** `x <= threshold` goes left; NaN goes right. */
  nanRight: 0,
  /** `x > threshold` goes right; NaN goes left. */
  nanLeft: 1,
  /** Zeros and NaN go left, of others those `<= threshold`. */
  zeroLeft: 2,
  /** Zeros and NaN go right, others left when `<= threshold`. */
  zeroRight: 3,
  /** Categories of a set go left. */
  categorical: 4,
} as const

/** The largest number below a finite one. */
const below = (value: number): number => {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? -1n : 1n))
  return bits.getFloat64(0)
}

const aboveAllZeros = ZERO_THRESHOLD
const belowAllZeros = below(-ZERO_THRESHOLD)

/** LightGBM takes what is within ± 1e-35 for 0: a threshold in there parts zeros from what is above or below them. */
function withoutZeros(threshold: number): number {
  if (threshold < -ZERO_THRESHOLD || threshold > ZERO_THRESHOLD) return threshold
  return threshold >= 0 ? aboveAllZeros : belowAllZeros
}

/** Kind and threshold of a node with a given threshold and decision type: see {@link kinds}. */
export function decideNode(given: number, decisionType: number): { kind: number; threshold: number } {
  if ((decisionType & decisions.categorical) !== 0) return { kind: kinds.categorical, threshold: given }
  const defaultLeft = (decisionType & decisions.defaultLeft) !== 0
  const threshold = withoutZeros(given)
  const zerosLeft = threshold >= aboveAllZeros
  const missing = missingOf(decisionType)
  const missingLeft = missing === decisions.missingNone ? zerosLeft : defaultLeft
  if (missing !== decisions.missingZero || zerosLeft === defaultLeft) {
    return { kind: missingLeft ? kinds.nanLeft : kinds.nanRight, threshold }
  }
  return { kind: defaultLeft ? kinds.zeroLeft : kinds.zeroRight, threshold }
}
