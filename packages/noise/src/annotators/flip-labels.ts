import { checkFinite, checkIntegers, checkSameLength } from '../check-numbers'
import { checkInteger, checkNames, checkRange } from '../check-options'
import { uniformsFrom } from '../random/streams'
import type { Numbers } from './comparisons'
import { checkSequence, type SequenceOptions } from './random-orders'

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x666c6970

/** Options of {@link flipLabels}. */
export interface FlipLabelsOptions extends SequenceOptions {
  /** Probability with which each label is flipped, in [0, 1]. */
  rate: number
}

/**
 * Labels of which each is flipped at random, whatever is compared: label·(−1) with probability ε. Ties stay ties. Which
 * labels are flipped depends on the seed and their places alone, and a larger rate flips the same ones and more.
 *
 * Source: this package. Proven against its definition, within sampling error.
 *
 * @param labels `[N]` of 1, −1 and 0.
 * @returns `[N]`.
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function flipLabels(labels: Numbers, options: FlipLabelsOptions): Int8Array {
  checkNames('flipLabels', options, { rate: true, seed: true, offset: true })
  const { rate, ...sequence } = options
  checkRange('rate', rate, 0, 1)
  const { seed, offset } = checkSequence(sequence)
  checkIntegers('labels', labels, -1, 2)
  const uniform = uniformsFrom([PURPOSE, seed], offset)
  return Int8Array.from(labels).map((label) => (uniform() < rate ? -label : label))
}

/** Options of {@link flipWorstLabels}. */
export interface FlipWorstLabelsOptions {
  /** How many labels may be flipped, ≥ 0. */
  budget: number
}

/**
 * Labels after an adversary who may flip `budget` of them and takes those that hurt most: right labels of the largest
 * |Δr|, the earlier first among equals. Wrong labels, ties and labels between equals are left alone. Nothing is drawn.
 *
 * Source: this package. Proven against its definition.
 *
 * @param labels `[N]` of 1, −1 and 0.
 * @param deltas `[N]` of Δr, finite.
 * @returns `[N]`; fewer than `budget` differ where fewer were right.
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function flipWorstLabels(
  labels: Numbers,
  deltas: Numbers,
  options: FlipWorstLabelsOptions,
): Int8Array {
  checkNames('flipWorstLabels', options, { budget: true })
  checkInteger('budget', options.budget, 0)
  checkSameLength({ labels, deltas })
  checkIntegers('labels', labels, -1, 2)
  checkFinite('deltas', deltas)
  const result = Int8Array.from(labels)
  const right = Int32Array.from(result.keys()).filter((i) => result[i]! * deltas[i]! > 0)
  right.sort((a, b) => Math.abs(deltas[b]!) - Math.abs(deltas[a]!) || a - b)
  for (const i of right.subarray(0, options.budget)) result[i]! *= -1
  return result
}

/** Options of {@link worstCaseThreshold}. */
export interface WorstCaseThresholdOptions {
  /** Largest share of comparisons that the adversary may touch, in [0, 1]. */
  rate: number
}

/**
 * The smallest threshold for `withWorstCaseFlips` that touches no more than a share of the comparisons: at most
 * ⌊rate·N⌋ of them have |Δr| at or above it. Where several are equal, all of them are touched or none.
 *
 * Source: this package. Proven against its definition.
 *
 * @param deltas `[N]` of Δr, finite.
 * @returns the threshold; just above the largest |Δr| when none may be touched.
 * @throws NoiseError `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function worstCaseThreshold(deltas: Numbers, options: WorstCaseThresholdOptions): number {
  checkNames('worstCaseThreshold', options, { rate: true })
  checkRange('rate', options.rate, 0, 1)
  checkFinite('deltas', deltas)
  const sizes = Float64Array.from(deltas, Math.abs).sort()
  const spared = sizes.length - Math.floor(options.rate * sizes.length)
  if (spared === 0) return 0
  // Above all that are spared: the next larger size, unless that is equal to the last one spared.
  const last = sizes[spared - 1]!
  return (
    sizes.subarray(spared).find((size) => size > last) ??
    last + Math.max(last * Number.EPSILON, Number.MIN_VALUE)
  )
}
