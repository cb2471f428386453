import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { checkInteger, checkNames } from '../check-options'
import { streamOf } from '../random/streams'

/** How standard errors are made: as the spread of the estimate over resampled items. */
export interface BootstrapOptions {
  /** How many resamples, ≥ 2. Each takes about as long as a fit from a good beginning. Default: 100. */
  resamples?: number
  /** Integer that makes the resamples repeat exactly. Default: 0. */
  seed?: number
}

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x626f6f74

/** How often each of `count` items is drawn in `count` draws with replacement; depends on seed and resample alone. */
function drawnItems(count: number, seed: number, resample: number): Float64Array {
  const generator = streamOf(PURPOSE, seed, resample)
  const weights = new Float64Array(count)
  for (let draw = 0; draw < count; draw++) weights[uniformInt(generator, 0, count - 1)]! += 1
  return weights
}

/**
 * Standard deviations of estimates over resamples of the items. NaN entries, such as of an annotator without a vote in
 * a resample, are left out; NaN where fewer than two are left.
 *
 * @param estimate from how often each item counts to estimates, always in the same order.
 */
export function bootstrapErrors(
  items: number,
  options: BootstrapOptions,
  estimate: (weights: Float64Array) => Float64Array,
): Float64Array {
  checkNames('bootstrap', options, { resamples: true, seed: true })
  const { resamples = 100, seed = 0 } = options
  checkInteger('resamples', resamples, 2)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  const drawn = (resample: number) => estimate(drawnItems(items, seed, resample))
  const mean = drawn(0)
  const counts = mean.map((value) => Number(!Number.isNaN(value)))
  const squares = new Float64Array(mean.length)
  for (let resample = 1; resample < resamples; resample++) {
    drawn(resample).forEach((value, k) => {
      if (Number.isNaN(value)) return
      counts[k]! += 1
      const before = counts[k] === 1 ? 0 : mean[k]!
      const change = value - before
      mean[k] = before + change / counts[k]!
      squares[k]! += change * (value - mean[k]!)
    })
  }
  return squares.map((square, k) => (counts[k]! < 2 ? Number.NaN : Math.sqrt(square / (counts[k]! - 1))))
}
