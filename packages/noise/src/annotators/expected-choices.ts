import { type Annotator, checkAnnotator } from './annotator'
import { type Comparisons, checkedComparisons, forEachComparison, type Numbers } from './comparisons'
import { checkChoice } from './simulate-annotations'

/** How likely each answer to each comparison is, one entry for each in every array; the three add up to one. */
export interface ExpectedChoices {
  /** Probability of choosing the first response. */
  readonly first: Float64Array
  /** Probability of choosing the second response. */
  readonly second: Float64Array
  /** Probability of calling it a tie. */
  readonly tie: Float64Array
}

/**
 * What an annotator, or a pool of them, is expected to answer to each comparison: the probabilities that
 * `simulateAnnotations` draws its labels from, everything that annotators see included. Exact: nothing is drawn.
 *
 * Source: 2411.04991, Assumption 5. Proven against its equation, and `simulateAnnotations` within sampling error.
 *
 * @param comparisons `[N]`; differences Δr alone will do.
 * @returns `[N]` of each.
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`, and what the annotator throws.
 */
export function expectedChoices(comparisons: Comparisons | Numbers, annotator: Annotator): ExpectedChoices {
  checkAnnotator('annotator', annotator)
  const checked = checkedComparisons(comparisons)
  const count = checked.deltas.length
  const first = new Float64Array(count)
  const second = new Float64Array(count)
  const tie = new Float64Array(count)
  forEachComparison(checked, 0, (delta, context) => {
    const choice = annotator(delta, context)
    checkChoice(choice, context.index)
    first[context.index] = choice.first
    second[context.index] = choice.second
    tie[context.index] = choice.tie
  })
  return { first, second, tie }
}
