import { AdvantageError } from './advantage-error'
import type { Convention } from './conventions'

/**
 * How the trainers whiten. `trl`: sample variance, mean and variance over n, 1/√(var + 1e-8). `verl`: the same over
 * n + 1e-8. `openrlhf`: population variance, 1/√max(var, 1e-8).
 */
export type WhiteningConvention = Convention<'whiten'>

/** The parts of a whitening convention. */
interface WhiteningRule {
  /** Added to the number of values that mean and variance are divided by. */
  readonly countEpsilon: number
  /** True for the sample variance, which needs two values. */
  readonly sample: boolean
  /** 1/√variance, bounded for a variance of 0. */
  readonly inverseDeviation: (variance: number) => number
}

const byAdding = (variance: number) => 1 / Math.sqrt(variance + 1e-8)

/** The rule of each convention. */
export const whiteningRules: Readonly<Record<WhiteningConvention, WhiteningRule>> = {
  trl: { countEpsilon: 0, sample: true, inverseDeviation: byAdding },
  verl: { countEpsilon: 1e-8, sample: true, inverseDeviation: byAdding },
  openrlhf: {
    countEpsilon: 0,
    sample: false,
    inverseDeviation: (variance) => 1 / Math.sqrt(Math.max(variance, 1e-8)),
  },
}

/** What gives each value its weight: a mask over tokens, or the length of each response. */
export type Weighting = 'mask' | 'lengths'

const counted: Readonly<Record<Weighting, (count: number) => string>> = {
  mask: (count) => `mask keeps ${count} values`,
  lengths: (count) => `lengths sum to ${count} tokens`,
}

/** The settings of {@link whitenWeighted}. */
export interface WhiteningParts {
  readonly rule: WhiteningRule
  /** The parameters that the values and the weights come from, for messages. */
  readonly from: { readonly values: 'values' | 'rewards'; readonly weights: Weighting }
  readonly shiftMean?: boolean
  readonly scale?: boolean
}

/**
 * Whitens values of which each counts `weights[i]` times; 0 where the weight is 0. Throws `TOO_FEW`, `OVERFLOW`.
 */
export function whitenWeighted(
  values: Float64Array,
  weights: Float64Array | Uint8Array,
  { rule, from, shiftMean = true, scale = true }: WhiteningParts,
): Float64Array {
  let [count, sum, squares] = [0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    // A value that does not count may be anything, NaN included.
    if (weights[i] === 0) continue
    count += weights[i]!
    sum += weights[i]! * values[i]!
  }
  const least = rule.sample ? 2 : 1
  if (count < least) {
    const message = `${counted[from.weights](count)}; expected at least ${least}, for a variance`
    throw new AdvantageError('TOO_FEW', from.weights, message)
  }
  const mean = sum / (count + rule.countEpsilon)
  for (let i = 0; i < values.length; i++) {
    if (weights[i] === 0) continue
    const difference = values[i]! - mean
    squares += weights[i]! * difference * difference
  }
  const bessel = rule.sample ? count / (count - 1) : 1
  const variance = (squares / (count + rule.countEpsilon)) * bessel
  if (!Number.isFinite(variance)) {
    const message = `the variance of ${from.values} is ${variance}; expected numbers whose squares are finite`
    throw new AdvantageError('OVERFLOW', from.values, message)
  }
  const factor = scale ? rule.inverseDeviation(variance) : 1
  const back = shiftMean ? 0 : mean
  const result = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    if (weights[i] !== 0) result[i] = (values[i]! - mean) * factor + back
  }
  return result
}
