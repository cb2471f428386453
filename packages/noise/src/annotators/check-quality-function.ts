import { checkNames, checkPositive } from '../check-options'
import { NoiseError } from '../noise-error'
import { checkQuality, type QualityFunction } from './quality-annotator'

/** Options of {@link checkQualityFunction}. */
export interface QualityCheckOptions {
  /** Largest |Δr| looked at, in units of reward and above 0. Default: 100. */
  maxDelta?: number
}

/** Differences looked at: evenly spaced up to the largest, and as many spaced evenly in their logarithm. */
const STEPS = 2000
/** Decades that the logarithmic spacing covers. */
const DECADES = 8
/** What rounding may take from a constant function. */
const ROUNDING = 1e-12

/** 4,001 differences from 0 to the largest. */
export function differenceGrid(maxDelta: number): Float64Array {
  const even = Array.from({ length: STEPS + 1 }, (_, i) => (maxDelta * i) / STEPS)
  const fine = Array.from({ length: STEPS }, (_, i) => maxDelta * 10 ** ((-DECADES * (i + 1)) / STEPS))
  return Float64Array.from([...even, ...fine]).sort()
}

/** ξ(|Δr|) within [½, 1], rounding taken off. Throws `OUT_OF_RANGE` beyond it. */
export function withinQuality(value: number, delta: number): number {
  if (value >= 0.5 - ROUNDING && value <= 1 + ROUNDING) return Math.min(1, Math.max(0.5, value))
  const message = `quality is ${value} at delta = ${delta}; expected a probability from 0.5 to 1`
  throw new NoiseError('OUT_OF_RANGE', 'quality', message)
}

/**
 * Checks that ξ never falls and stays within [½, 1], at 4,001 differences from 0 to `maxDelta`, half of them evenly spaced and
 * half logarithmically. A dip between two of them is not seen.
 *
 * Source: 2411.04991, Assumption 5, which asks it of ξ.
 *
 * @throws NoiseError `OUT_OF_RANGE` or `NOT_MONOTONE`, with the difference where it is; `INVALID_OPTION`.
 */
export function checkQualityFunction(quality: QualityFunction, options: QualityCheckOptions = {}): void {
  checkNames('checkQualityFunction', options, { maxDelta: true })
  const { maxDelta = 100 } = options
  checkPositive('maxDelta', maxDelta)
  checkQuality(quality)
  let before = 0
  let highest = 0.5
  for (const delta of differenceGrid(maxDelta)) {
    const value = withinQuality(quality(delta), delta)
    if (value < highest - ROUNDING) {
      const message = `quality falls from ${highest} at delta = ${before} to ${value} at delta = ${delta}; expected it never to fall`
      throw new NoiseError('NOT_MONOTONE', 'quality', message)
    }
    if (value > highest) [before, highest] = [delta, value]
  }
}
