import type { Numbers } from '../annotators/comparisons'
import { checkFinite, checkSameLength } from '../check-numbers'
import { checkNames, checkRange, formatValue, type Names } from '../check-options'
import { softplus } from '../mathematics/softplus'
import { NoiseError } from '../noise-error'

/** Options of {@link forwardCorrectedLoss} and {@link backwardCorrectedLoss}. */
export interface NoiseCorrectionOptions {
  /** Probability with which a label is flipped, in [0, 1): one for all, or `[N]`, such as its annotator's. */
  flipRate: number | Numbers
  /**
   * The same where the second response is the better one, if that differs from where the first is. Default:
   * `flipRate`.
   */
  secondFlipRate?: number | Numbers
  /** `[N]` of 1 (first preferred) and −1. Default: all 1, which is what margins of chosen over rejected have. */
  labels?: Numbers
}

/** Losses and their derivatives, `[N]` each; unreduced. */
export interface CorrectedLoss {
  /** Loss of each comparison, in nats. */
  readonly losses: Float64Array
  /** Derivative of each loss with respect to its margin. */
  readonly gradients: Float64Array
}

/** Loss and derivative at margin m in favour of the label, which is flipped at rate a; the other label at rate b. */
type Correction = (m: number, a: number, b: number) => readonly [loss: number, gradient: number]

const forward: Correction = (m, a, b) => {
  const [right, wrong] = [Math.log1p(-a) - softplus(-m), Math.log(b) - softplus(m)]
  const most = Math.max(right, wrong)
  const loss = -(most + Math.log(Math.exp(right - most) + Math.exp(wrong - most)))
  return [loss, -(1 - a - b) * Math.exp(loss - softplus(m) - softplus(-m))]
}

const backward: Correction = (m, a, b) => {
  const loss = ((1 - b) * softplus(-m) - a * softplus(m)) / (1 - a - b)
  return [loss, (-(1 - b) * Math.exp(-softplus(m)) - a * Math.exp(-softplus(-m))) / (1 - a - b)]
}

const names: Names<NoiseCorrectionOptions> = { flipRate: true, secondFlipRate: true, labels: true }

// What is neither number nor array gets as far as the check of its range.
const asNumbers = (values: number | Numbers) => (typeof values === 'object' ? values : undefined)
const at = (values: number | Numbers, i: number) => (typeof values === 'object' ? values[i]! : values)

function checkRates(first: number, second: number, index: number): void {
  checkRange(`flipRate[${index}]`, first, 0, 1)
  checkRange(`secondFlipRate[${index}]`, second, 0, 1)
  if (first + second < 1) return
  const message = `flipRate[${index}] and secondFlipRate[${index}] are ${first} and ${second}; expected a sum below 1`
  throw new NoiseError('OUT_OF_RANGE', `flipRate[${index}]`, message)
}

function corrected(
  owner: string,
  margins: Numbers,
  options: NoiseCorrectionOptions,
  correction: Correction,
): CorrectedLoss {
  checkNames(owner, options, names)
  const { flipRate, secondFlipRate = flipRate, labels } = options
  checkFinite('margins', margins)
  checkSameLength({
    margins,
    labels,
    flipRate: asNumbers(flipRate),
    secondFlipRate: asNumbers(secondFlipRate),
  })
  const [losses, gradients] = [new Float64Array(margins.length), new Float64Array(margins.length)]
  for (let i = 0; i < margins.length; i++) {
    const label = labels === undefined ? 1 : labels[i]!
    if (label !== 1 && label !== -1) {
      const message = `labels[${i}] is ${formatValue(label)}; expected 1 or -1`
      throw new NoiseError('OUT_OF_RANGE', `labels[${i}]`, message)
    }
    const [first, second] = [at(flipRate, i), at(secondFlipRate, i)]
    checkRates(first, second, i)
    const [a, b] = label === 1 ? [first, second] : [second, first]
    const [loss, gradient] = correction(label * margins[i]!, a, b)
    losses[i] = loss
    gradients[i] = label * gradient
  }
  return { losses, gradients }
}

/**
 * The Bradley–Terry loss with forward correction for flipped labels: the prediction is passed through the noise
 * before it meets the label, −log((1 − ε) σ(m) + ε σ(−m)), where m is the margin r̂_first − r̂_second in favour of
 * the label.
 *
 * It is the likelihood of what is observed, hence bounded by −log ε, and its minimiser under noisy labels is the win
 * probability without noise. Not to be confused with label smoothing (cDPO), −(1 − ε) log σ(m) − ε log σ(−m), which
 * passes the label instead of the prediction through the noise: its minimiser has the flips in it twice. With two
 * rates it is −log((1 − ρ_y) σ(m) + ρ_−y σ(−m)).
 *
 * Source: 1609.03683. Proven against its equation and finite differences; its minimiser under simulated flips.
 *
 * @param margins `[N]`, r̂_first − r̂_second, finite.
 * @throws NoiseError `NOT_FINITE`, `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export const forwardCorrectedLoss = (margins: Numbers, options: NoiseCorrectionOptions): CorrectedLoss =>
  corrected('forwardCorrectedLoss', margins, options, forward)

/**
 * The Bradley–Terry loss with backward correction for flipped labels: the loss whose mean over the noise is the loss
 * without it, ((1 − ε) ℓ(m) − ε ℓ(−m))/(1 − 2ε) with ℓ(m) = −log σ(m), where m is the margin in favour of the label.
 * With two rates it is ((1 − ρ_−y) ℓ(m) − ρ_y ℓ(−m))/(1 − ρ₊ − ρ₋).
 *
 * Unbiased, at the price of variance, and without a lower bound: it goes to −∞ with m, so that a model which can
 * memorise its labels will. It is the loss `robust` of `dpoLoss` in `@prefkit/losses`, of margins β·(log-ratio
 * difference), with `labelSmoothing` = ε.
 *
 * Source: Natarajan et al., Learning with Noisy Labels (NeurIPS 2013); 1609.03683 (the name); 2403.00409 (for
 * preferences). Proven against its equation and finite differences; its mean over flips.
 *
 * @param margins `[N]`, r̂_first − r̂_second, finite.
 * @throws NoiseError `NOT_FINITE`, `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export const backwardCorrectedLoss = (margins: Numbers, options: NoiseCorrectionOptions): CorrectedLoss =>
  corrected('backwardCorrectedLoss', margins, options, backward)
