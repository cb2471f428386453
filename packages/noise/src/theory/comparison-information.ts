import { sigmoid } from '@prefkit/expressions'
import {
  type Annotator,
  type Choice,
  type ChoiceContext,
  checkAnnotator,
  choiceContext,
} from '../annotators/annotator'
import {
  type Comparisons,
  checkedComparisons,
  forEachComparison,
  type Numbers,
} from '../annotators/comparisons'
import { type BetaOptions, logisticAnnotator } from '../annotators/logistic-annotator'
import { checkChoice } from '../annotators/simulate-annotations'
import { checkNames, checkRange } from '../check-options'
import { NoiseError } from '../noise-error'
import { derivative } from './derivative'

/** Options of {@link bradleyTerryInformation} and {@link flipEfficiency}. */
export interface FlippedLabelsOptions extends BetaOptions {
  /** Probability ε in [0, ½] with which a label is flipped. Default: 0. */
  flipRate?: number
}

function checkedFlips(owner: string, delta: number, options: FlippedLabelsOptions) {
  checkNames(owner, options, { beta: true, flipRate: true })
  const { beta = 1, flipRate = 0 } = options
  checkRange('delta', delta, Number.NEGATIVE_INFINITY)
  checkRange('beta', beta, 0)
  checkRange('flipRate', flipRate, 0, 0.5)
  // By symmetry; so that the smaller probability keeps its digits.
  const losing = sigmoid(-beta * Math.abs(delta))
  return { beta, keep: 1 - 2 * flipRate, flipRate, losing }
}

/**
 * Fisher information that one label holds about Δr, in 1/reward²: β² (1 − 2ε)² (p(1 − p))²/(q(1 − q)), where
 * p = σ(βΔr) and the label says first with probability q = (1 − ε) p + ε (1 − p). Without flips it is β² p(1 − p).
 *
 * Source: the Fisher information of a Bernoulli variable. Proven against its equation, and `choiceInformation`.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function bradleyTerryInformation(delta: number, options: FlippedLabelsOptions = {}): number {
  const { beta, losing } = checkedFlips('bradleyTerryInformation', delta, options)
  return beta ** 2 * losing * (1 - losing) * flipEfficiency(delta, options)
}

/**
 * What one label with flips is worth, in labels without: (1 − 2ε)² p(1 − p)/(q(1 − q)), the ratio of their Fisher
 * informations.
 *
 * At Δr = 0 it is (1 − 2ε)², which n_eff = n (1 − 2ε)² takes for all pairs; it falls from there as |Δr| grows, down
 * to 0, so that this is an upper bound. Flips cost most where the pair is easy.
 *
 * Source: the Fisher information of a Bernoulli variable. Proven against its equation, and the spread of simulated
 * maximum likelihood estimates.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function flipEfficiency(delta: number, options: FlippedLabelsOptions = {}): number {
  const { keep, flipRate, losing } = checkedFlips('flipEfficiency', delta, options)
  if (flipRate === 0) return 1
  const wrong = flipRate + keep * losing
  return (keep ** 2 * losing * (1 - losing)) / (wrong * (1 - wrong))
}

const outcomes = ['first', 'second', 'tie'] as const satisfies readonly (keyof Choice)[]

/** Step of the differences: small beside the difference in reward over which annotators change their minds. */
const STEP = 0.05

/**
 * Fisher information that one answer of an annotator holds about Δr, in 1/reward²: Σ P′(answer)²/P(answer) over
 * first, second and tie, with numeric derivatives. A tie counts as an answer: it says that Δr is small.
 *
 * It needs probabilities smooth in Δr: within 0.05 of a threshold, as of `withTies` at |Δr| or `withWorstCaseFlips`,
 * it means nothing.
 *
 * Source: the Fisher information of a categorical variable. Proven against its equation, for annotators with closed
 * forms.
 *
 * @param context what the annotator sees besides Δr. Default: `choiceContext()`.
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`, and what the annotator throws.
 */
export function choiceInformation(
  annotator: Annotator,
  delta: number,
  context: ChoiceContext = choiceContext(),
): number {
  checkAnnotator('annotator', annotator)
  checkRange('delta', delta, Number.NEGATIVE_INFINITY)
  const choice = annotator(delta, context)
  checkChoice(choice, context.index)
  return outcomes.reduce((sum, outcome) => {
    const probability = choice[outcome]
    if (probability === 0) return sum
    const slope = derivative((d) => annotator(d, context)[outcome], delta, STEP)
    return sum + slope ** 2 / probability
  }, 0)
}

/** Options of {@link effectiveSampleSize}. */
export interface EffectiveSampleSizeOptions {
  /** Whose labels count as one each. Default: `logisticAnnotator()`, Bradley–Terry with β = 1. */
  reference?: Annotator
}

/** What {@link effectiveSampleSize} gives. */
export interface EffectiveSampleSize {
  /** n_eff: as many labels of the reference hold the same information, on the same pairs. */
  readonly size: number
  /** n_eff/n. */
  readonly efficiency: number
}

/**
 * How many labels of a reference annotator these comparisons' labels are worth: n_eff = n Σ I(Δr)/Σ I_reference(Δr),
 * by the Fisher information about Δr. For Bradley–Terry labels flipped with probability ε it is below n (1 − 2ε)²,
 * and equal to it where all pairs are close.
 *
 * Source: the Fisher information of a categorical variable. Proven against its equation, for flipped labels.
 *
 * @param comparisons `[N]`, at least one; differences Δr alone will do.
 * @throws NoiseError `TOO_FEW` where the reference's labels hold no information; `SHAPE_MISMATCH`, `NOT_FINITE`,
 *   `OUT_OF_RANGE`, `INVALID_OPTION`, and what the annotators throw.
 */
export function effectiveSampleSize(
  comparisons: Comparisons | Numbers,
  annotator: Annotator,
  options: EffectiveSampleSizeOptions = {},
): EffectiveSampleSize {
  checkNames('effectiveSampleSize', options, { reference: true })
  const { reference = logisticAnnotator() } = options
  const checked = checkedComparisons(comparisons)
  let [information, most] = [0, 0]
  forEachComparison(checked, 0, (delta, context) => {
    information += choiceInformation(annotator, delta, context)
    most += choiceInformation(reference, delta, context)
  })
  if (!(most > 0)) {
    const message = `the ${checked.deltas.length} comparisons hold no information with the reference annotator; expected some`
    throw new NoiseError('TOO_FEW', 'comparisons', message)
  }
  const efficiency = information / most
  return { size: checked.deltas.length * efficiency, efficiency }
}
