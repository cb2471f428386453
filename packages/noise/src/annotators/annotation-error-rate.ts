import { checkColumns, checkIntegers, checkSameLength } from '../check-numbers'
import { NoiseError } from '../noise-error'
import { type Annotator, checkAnnotator } from './annotator'
import { type Comparisons, checkedComparisons, forEachComparison, type Numbers } from './comparisons'
import { checkChoice } from './simulate-annotations'

/** How much of what is decided is wrong and right; between equals half of it is either. */
interface Tally {
  wrong: number
  right: number
}

function addTo(tally: Tally, delta: number, first: number, second: number): void {
  const equal = (first + second) / 2
  const [better, worse] = delta > 0 ? [first, second] : [second, first]
  tally.right += delta === 0 ? equal : better
  tally.wrong += delta === 0 ? equal : worse
}

function rateOf({ wrong, right }: Tally, parameter: string): number {
  if (wrong + right > 0) return wrong / (wrong + right)
  const message = `${parameter}: nothing is decided; expected at least one comparison that is no tie`
  throw new NoiseError('TOO_FEW', parameter, message)
}

/**
 * The annotation error rate to be expected on these comparisons: Σ P(wrong) / Σ P(decided), the share of labels
 * that prefer the worse response. Ties do not count; between equals half of what is decided is wrong. Exact: nothing is
 * drawn.
 *
 * For `logisticAnnotator` it is the mean of σ(−β|Δr|).
 *
 * Source: 2411.04991, Assumption 5. Proven against its equation.
 *
 * @throws NoiseError `TOO_FEW` where nothing is decided; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`.
 */
export function annotationErrorRate(comparisons: Comparisons | Numbers, annotator: Annotator): number {
  checkAnnotator('annotator', annotator)
  const checked = checkedComparisons(comparisons)
  const tally = { wrong: 0, right: 0 }
  forEachComparison(checked, 0, (delta, context) => {
    const choice = annotator(delta, context)
    checkChoice(choice, context.index)
    addTo(tally, delta, choice.first, choice.second)
  })
  return rateOf(tally, 'comparisons')
}

/**
 * The annotation error rate of labels that are there: the share of decided ones that prefer the worse response. Ties do not
 * count; between equals a label counts as half wrong.
 *
 * Source: this package. Proven against its definition, and `annotationErrorRate` within sampling error.
 *
 * @param labels `[N]` of 1, −1 and 0, as `simulateAnnotations` gives.
 * @param deltas `[N]` of Δr, finite.
 * @throws NoiseError `TOO_FEW` where nothing is decided; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`.
 */
export function observedErrorRate(labels: Numbers, deltas: Numbers): number {
  checkColumns({ labels, deltas }, 'an array of numbers')
  checkSameLength({ labels, deltas })
  checkIntegers('labels', labels, -1, 2)
  const checked = checkedComparisons(deltas)
  const tally = { wrong: 0, right: 0 }
  forEachComparison(checked, 0, (delta, { index }) => {
    addTo(tally, delta, Number(labels[index] === 1), Number(labels[index] === -1))
  })
  return rateOf(tally, 'labels')
}
