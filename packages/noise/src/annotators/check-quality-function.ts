import { checkNames, checkPositive } from '../check-options'
import { NoiseError } from '../noise-error'
import { checkQualityKind, QUALITY_ROUNDING, type QualityFunction, withinQuality } from './quality-annotator'

export { withinQuality } from './quality-annotator'

/** Options of {@link checkQualityFunction}. */
export interface QualityCheckOptions {
  /** Largest |Δr| looked at, in units of reward and above 0. Default: 100. */
  maxDelta?: number
}

/** Differences looked at: evenly spaced up to the largest, and as many spaced evenly in their logarithm. */
const STEPS = 2000
/** Decades that the logarithmic spacing covers. */
const DECADES = 8

/** 4,001 differences from 0 to the largest. */
export function differenceGrid(maxDelta: number): Float64Array {
  const even = Array.from({ length: STEPS + 1 }, (_, i) => (maxDelta * i) / STEPS)
  const fine = Array.from({ length: STEPS }, (_, i) => maxDelta * 10 ** ((-DECADES * (i + 1)) / STEPS))
  return Float64Array.from([...even, ...fine]).sort()
}

/**
 * Checks that ξ never falls and stays within [½, 1], at 4,001 differences from 0 to `maxDelta`, half of them evenly spaced and
 * half logarithmically. A dip between two of them is not seen.
 *
 * Source: 2411.04991, Assumption 5, which asks it of ξ. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE` or `NOT_MONOTONE`, with the difference where it is; `INVALID_OPTION`.
 */
export function checkQualityFunction(quality: QualityFunction, options: QualityCheckOptions = {}): void {
  checkNames('checkQualityFunction', options, { maxDelta: true })
  const { maxDelta = 100 } = options
  checkPositive('maxDelta', maxDelta)
  checkQualityKind(quality)
  let before = 0
  let highest = 0.5
  for (const delta of differenceGrid(maxDelta)) {
    const value = withinQuality(quality(delta), delta)
    if (value < highest - QUALITY_ROUNDING) {
      const message = `quality falls from ${highest} at delta = ${before} to ${value} at delta = ${delta}; expected it never to fall`
      throw new NoiseError('NOT_MONOTONE', 'quality', message)
    }
    if (value > highest) [before, highest] = [delta, value]
  }
}
