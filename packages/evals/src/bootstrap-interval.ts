import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import {
  checkConfidence,
  checkFinite,
  checkInteger,
  checkNotEmpty,
  checkOptions,
  checkSameLength,
  type OptionNames,
} from './check-input'
import { clusterTotals, type Labels } from './group-by'
import type { Interval } from './wilson-interval'

/** Options of {@link bootstrapInterval}. */
export interface BootstrapOptions {
  /** Cluster of each value (its prompt, its annotator, …): whole clusters are drawn. Default: each value alone. */
  groups?: Labels
  /** Number of resamples, ≥ 1. Default 1,000. */
  resamples?: number
  /** Integer that makes the interval repeat exactly. Default 0. */
  seed?: number
  /** Coverage aimed at, between 0 and 1. Default 0.95. */
  confidence?: number
}

/** The names of {@link BootstrapOptions} without `groups`, which others have too. */
export const resamplingNames: OptionNames<Omit<BootstrapOptions, 'groups'>> = {
  resamples: true,
  seed: true,
  confidence: true,
}

/** A bootstrap interval, with what it was made from. */
export interface BootstrapInterval extends Interval {
  resamples: number
  seed: number
  /** How many things were resampled: groups when given, else values. */
  clusters: number
}

/** Linear interpolation between order statistics, NumPy's default; not exported by the package. */
export function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!)
}

/**
 * Percentile bootstrap interval of Σ totals / Σ counts, drawing clusters with replacement; not exported by the
 * package. `totals` and `counts` have one number a cluster.
 */
export function bootstrapRatio(
  totals: ArrayLike<number>,
  counts: ArrayLike<number>,
  { resamples = 1000, seed = 0, confidence = 0.95 }: Omit<BootstrapOptions, 'groups'> = {},
): BootstrapInterval {
  checkInteger('resamples', resamples, 1)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  checkConfidence(confidence)
  const clusters = totals.length
  const random = xoroshiro128plus(seed)
  const ratios = new Float64Array(resamples)
  for (let sample = 0; sample < resamples; sample++) {
    let total = 0
    let count = 0
    for (let draw = 0; draw < clusters; draw++) {
      const cluster = uniformInt(random, 0, clusters - 1)
      total += totals[cluster]!
      count += counts[cluster]!
    }
    ratios[sample] = total / count
  }
  ratios.sort()
  const tail = (1 - confidence) / 2
  return {
    low: quantile(ratios, tail),
    high: quantile(ratios, 1 - tail),
    confidence,
    resamples,
    seed,
    clusters,
  }
}

/**
 * Percentile bootstrap interval of a mean, seeded, over clusters when `groups` is given.
 *
 * Comparisons that share a prompt are not independent, so whole groups are drawn with replacement and the mean
 * is the ratio of their totals. With few groups (under about 20) percentile intervals are too narrow,
 * and one group gives no width at all.
 * Efron and Tibshirani (1993), "An introduction to the bootstrap", ch. 13.
 *
 * @param values one number each; finite
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function bootstrapInterval(
  values: ArrayLike<number>,
  options: BootstrapOptions = {},
): BootstrapInterval {
  checkOptions('bootstrapInterval', options, { groups: true, ...resamplingNames })
  const { groups, ...resampling } = options
  checkNotEmpty('values', values)
  checkSameLength({ values, groups })
  checkFinite('values', values)
  const { totals, counts } = clusterTotals(values, groups)
  return bootstrapRatio(totals, counts, resampling)
}
