import {
  add,
  expandDims,
  mul,
  type OptionNames,
  reduceSum,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { determined, settled } from '../determined'
import {
  LossError,
  REQUIRED,
  requireInputs,
  requireNames,
  requireNonNegative,
  requireShare,
} from '../loss-error'
import { lastToken, meanOfSequences, tokensOf } from '../tokens'
import { type AnchorOptions, winsOf } from './anchor-win-probability'
import { generalizedAdvantages } from './generalized-advantages'

/** Inputs of {@link pairwisePpoAdvantages}. */
export interface PairwisePpoAdvantageInputs {
  /** log π_old of the tokens, `[B, T]`: of the policy that drew them. */
  oldLogprobs: TensorLike
  /** log π_ref of the tokens, `[B, T]`. */
  refLogprobs: TensorLike
  /** V of the tokens when they were drawn, `[B, T]`: of (q, y*, y_<t), or of (q, y_<t) without the ground truth. */
  oldValues: TensorLike
  /** `[B]`, or `[B, K]` for K anchors: the judge's logit of y ≻ y* with y shown first, `yesLogit` of (y, y*). */
  shownFirstLogits: TensorLike
  /** The same with y shown second: minus `yesLogit` of (y*, y). */
  shownSecondLogits: TensorLike
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/** Options of {@link pairwisePpoAdvantages}. */
export interface PairwisePpoAdvantageOptions extends AnchorOptions {
  /** β ≥ 0: weight of log π_old/π_ref in the reward of each token. Default: 0.001, as in the paper. */
  klWeight?: number
  /** γ in [0, 1]: discount of rewards. Default: 1. */
  gamma?: number
  /** λ in [0, 1] of GAE. Default: 0.95. */
  lambda?: number
}

/** What {@link pairwisePpoAdvantages} reports. */
export type PairwisePpoAdvantageMetric = 'objective/kl' | 'rewards/win_probability'

/** What {@link pairwisePpoAdvantages} returns. */
export interface PairwisePpoAdvantages {
  /** A of the tokens, `[B, T]`, constant; 0 where masked. */
  readonly advantages: Tensor
  /** A + V, `[B, T]`, constant: what `valueLoss` learns. */
  readonly returns: Tensor
  /** Scalars over the batch. */
  readonly metrics: Readonly<Record<PairwisePpoAdvantageMetric, Tensor>>
}

/** The names of {@link PairwisePpoAdvantageInputs}. */
export const advantageInputs: OptionNames<PairwisePpoAdvantageInputs> = {
  oldLogprobs: REQUIRED,
  refLogprobs: REQUIRED,
  oldValues: REQUIRED,
  shownFirstLogits: REQUIRED,
  shownSecondLogits: REQUIRED,
  mask: true,
}

/** The names of {@link PairwisePpoAdvantageOptions}. */
export const advantageOptions: OptionNames<PairwisePpoAdvantageOptions> = {
  anchors: true,
  klWeight: true,
  gamma: true,
  lambda: true,
}

/**
 * Advantages of pairwise PPO, from a pairwise judge's logits of each response against its anchors: r_t = −β·log
 * π_old/π_ref, plus r(y | y*) of `anchorWinProbability` on the last token; A is GAE of r and V, not whitened. They do
 * not change while the policy learns: for several epochs over the same responses, compute them once and pass them to
 * `ppoLoss`.
 *
 * Over the responses that have tokens, `rewards/win_probability` is the mean of r(y | y*), and `objective/kl`, as in
 * TRL, the mean of Σ log π_old/π_ref over the tokens of each.
 *
 * Source: 2504.04950, equation 3 and the pairwise reward r(y | y*); 1506.02438, equation 16. Proven against its
 * equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite inputs meet.
 */
export function pairwisePpoAdvantages(
  inputs: PairwisePpoAdvantageInputs,
  options: PairwisePpoAdvantageOptions = {},
): PairwisePpoAdvantages {
  requireNames('pairwisePpoAdvantages', options, advantageOptions)
  requireInputs('pairwisePpoAdvantages', inputs, advantageInputs)
  return advantagesOf('pairwisePpoAdvantages', inputs, options)
}

/** The same, with errors in the name of the calling function, which has checked the names of inputs and options. */
export function advantagesOf(
  name: string,
  inputs: PairwisePpoAdvantageInputs,
  options: PairwisePpoAdvantageOptions,
): PairwisePpoAdvantages {
  const { anchors, klWeight, gamma, lambda } = settingsOf(name, options)
  const { oldLogprobs, refLogprobs, oldValues } = inputs
  const { tokens, mask } = tokensOf(name, { oldLogprobs, refLogprobs, oldValues }, inputs.mask)
  const { wins, logits } = winsOf(name, inputs, { anchors })
  if (String(wins.shape[0]) !== String(mask.shape[0])) {
    const expected = `[B] or [B, K] with B = ${mask.shape[0]}`
    const got = `B = ${wins.shape[0]}`
    throw new LossError('SHAPE_MISMATCH', `${name}: shownFirstLogits must be ${expected}, got ${got}`)
  }
  const logRatio = sub(tokens.oldLogprobs, tokens.refLogprobs)
  const rewards = add(mul(-klWeight, logRatio), where(lastToken(mask), expandDims(wins, 1), 0))
  const values = tokens.oldValues
  const advantages = stopGradient(generalizedAdvantages(name, { rewards, values, mask }, { gamma, lambda }))
  const returns = stopGradient(add(advantages, values))
  const metrics = {
    'objective/kl': meanOfSequences(reduceSum(logRatio, { axis: 1 }), mask),
    'rewards/win_probability': meanOfSequences(wins, mask),
  }
  const given = { ...tokens, ...logits }
  determined(name, returns, given)
  return { advantages, returns, metrics: settled(name, { losses: advantages, metrics }, given).metrics }
}

function settingsOf(name: string, options: PairwisePpoAdvantageOptions) {
  const { anchors = 'mean', klWeight = 0.001, gamma = 1, lambda = 0.95 } = options
  requireNonNegative(name, 'klWeight', klWeight)
  requireShare(name, 'gamma', gamma)
  requireShare(name, 'lambda', lambda)
  return { anchors, klWeight, gamma, lambda }
}
