import { checkNames } from '../check-options'
import { NoiseError } from '../noise-error'
import { uniformsFrom } from '../random/streams'
import { type Annotator, type Choice, checkAnnotator } from './annotator'
import { type Comparisons, checkedComparisons, forEachComparison, type Numbers } from './comparisons'
import { checkSequence, type SequenceOptions } from './random-orders'

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x6c6162656c

/** How far rounding may take the sum of three probabilities from one. */
const ROUNDING = 1e-9

const nothing = { first: undefined, second: undefined, tie: undefined } as unknown as Choice

/** Throws `OUT_OF_RANGE` unless the three are probabilities that add up to one, as those of a model of the user's may not. */
export function checkChoice(choice: Choice, index: number): void {
  // A function that is no annotator may answer with nothing.
  const { first, second, tie } = (choice as Choice | null | undefined) ?? nothing
  if (first >= 0 && second >= 0 && tie >= 0 && Math.abs(first + second + tie - 1) <= ROUNDING) return
  const message = `annotator answers comparison ${index} with first ${first}, second ${second}, tie ${tie}; expected probabilities that add up to one`
  throw new NoiseError('OUT_OF_RANGE', 'annotator', message)
}

/**
 * Labels that an annotator, or a pool of them, gives: 1 for the first response, −1 for the second, 0 for a tie, so that a
 * label is right where label·Δr > 0.
 *
 * A label depends on the seed and the place of the comparison alone: doing the comparisons in parts, with `offset`, gives
 * the same labels, if they have their `times` wherever the annotator heeds those per annotator. One uniform number u
 * decides each: first where u < p_first, tie up to p_first + p_tie. Hence under one seed a better annotator's labels differ
 * from a worse one's only where they have to.
 *
 * Source: 2411.04991, Assumption 5. Proven against its equation, within sampling error.
 *
 * @param comparisons `[N]`; differences Δr alone will do.
 * @param annotator such as `logisticAnnotator({ beta: 2 })`, or an `annotatorPool`.
 * @returns `[N]` of 1, −1 and 0.
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`, and what the annotator throws.
 */
export function simulateAnnotations(
  comparisons: Comparisons | Numbers,
  annotator: Annotator,
  options: SequenceOptions = {},
): Int8Array {
  checkNames('simulateAnnotations', options, { seed: true, offset: true })
  const { seed, offset } = checkSequence(options)
  checkAnnotator('annotator', annotator)
  const checked = checkedComparisons(comparisons)
  const labels = new Int8Array(checked.deltas.length)
  const uniform = uniformsFrom([PURPOSE, seed], offset)
  forEachComparison(checked, offset, (delta, context) => {
    const choice = annotator(delta, context)
    checkChoice(choice, context.index)
    const u = uniform()
    const decided = u < choice.first + choice.tie ? 0 : -1
    labels[context.index - offset] = u < choice.first ? 1 : decided
  })
  return labels
}
