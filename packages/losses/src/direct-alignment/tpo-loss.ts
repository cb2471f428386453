import { sub, type TensorLike } from '@prefkit/tensor'
import { asLike } from '../batch'
import { settled } from '../determined'
import { LossError, requireInputs, requireNames, requireNonNegative } from '../loss-error'
import { requireEffects } from '../option-effects'
import type { PairLoss } from '../pair-loss'
import {
  averaged,
  type Completions,
  completionsOf,
  type PreferenceLogprobs,
  preferenceNames,
  preferencesOf,
  requireSameShape,
  summed,
  tokensOfPair,
  withLikelihood,
} from './completions'
import { type Contrast, contrasts, requireContrast } from './contrast'
import { type PreferenceMetric, scaledMetrics } from './preference-metrics'

/** Inputs of {@link tpoLoss}: a third completion of each prompt, better than both. */
export interface TpoInputs extends PreferenceLogprobs {
  /** log π of the gold completion, `[B, T]` or, summed, `[B]`; needed unless `nllWeight` is 0. Its T may differ. */
  goldLogprobs?: TensorLike
  /** `[B, T]`, 1 for the tokens of the gold completion. Default: all of them. */
  goldMask?: TensorLike
  /** `[B]`, tokens of the gold completion, for log-probabilities that are sums. */
  goldLengths?: TensorLike
}

/** The losses of {@link tpoLoss}. */
export type TpoLossType = keyof typeof lossTypes

/** Options of {@link tpoLoss}. */
export interface TpoLossOptions {
  /** β > 0. Default: 0.01. */
  beta?: number
  /** The function of D, below. Default: `sigmoid`. */
  lossType?: TpoLossType
  /** γ ≥ 0: the margin that β·D has to exceed, for `tpo-l`. Default: 0.5. */
  gamma?: number
  /** ε in [0, ½): the share of labels assumed to be flipped, for `sigmoid` and `tpo-l`. Default: 0. */
  labelSmoothing?: number
  /** α ≥ 0: weight of the negative log-likelihood of the gold completions. Default: 1. */
  nllWeight?: number
}

const lossTypes = {
  ...contrasts,
  /** The sigmoid of means, with a margin. */
  'tpo-l': { ...contrasts.sigmoid, of: averaged },
} satisfies Record<string, Contrast>

/**
 * Triple preference optimisation, per pair, without a reference policy: with D = log π_c − log π_r, `sigmoid`: −(1 −
 * ε) log σ(βD) − ε log σ(−βD); `tpo-l`: the same of βD − γ, D of means over tokens; `hinge` and `ipo` as in
 * `cpoLoss`; each plus α times the mean of −log π_gold over all gold tokens of the batch.
 *
 * `rewards/*` are β·log π; `nll_loss` is that mean, 0 when α is 0.
 *
 * Source: 2405.16681. Proven against TRL 1.16.0 (`TPOTrainer._compute_loss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `MISSING_INPUT` when α > 0 and the gold completions or their lengths are
 *   not given, and for sums without lengths with `tpo-l` and `ipo`; `INVALID_OPTION`; `INDETERMINATE` where infinite
 *   log-probabilities meet.
 */
export function tpoLoss(
  inputs: TpoInputs,
  options: TpoLossOptions = {},
): PairLoss<PreferenceMetric | 'nll_loss'> {
  const names = { beta: true, lossType: true, gamma: true, labelSmoothing: true, nllWeight: true }
  requireNames('tpoLoss', options, names)
  const { beta = 0.01, lossType = 'sigmoid', gamma = 0.5, labelSmoothing = 0, nllWeight = 1 } = options
  const contrast = requireContrast('tpoLoss', { beta, labelSmoothing, lossType }, lossTypes)
  requireNonNegative('tpoLoss', 'gamma', gamma)
  requireNonNegative('tpoLoss', 'nllWeight', nllWeight)
  const withMargin = lossType === 'tpo-l'
  requireEffects('tpoLoss', options, {
    gamma: { preset: 0.5, counts: withMargin, only: "lossType: 'tpo-l'" },
  })
  requireInputs('tpoLoss', inputs, {
    ...preferenceNames,
    goldLogprobs: true,
    goldMask: true,
    goldLengths: true,
  })
  const sides = preferencesOf('tpoLoss', inputs)
  const [chosenLogprobs, rejectedLogprobs] = [
    contrast.of('tpoLoss', sides[0]),
    contrast.of('tpoLoss', sides[1]),
  ]
  const margin = sub(sub(chosenLogprobs, rejectedLogprobs), withMargin ? gamma / beta : 0)
  const contrasted = contrast.at(margin, { beta, labelSmoothing })
  const gold = nllWeight === 0 ? sides[0] : goldOf(inputs, sides[0])
  const likelihood = { weight: nllWeight, over: 'batch' } as const
  const { losses, nll } = withLikelihood('tpoLoss', contrasted, gold, likelihood)
  const metrics = { ...scaledMetrics(beta, [chosenLogprobs, rejectedLogprobs]), nll_loss: nll }
  return settled('tpoLoss', { losses, metrics }, { ...tokensOfPair(sides), goldLogprobs: gold.logprobs })
}

/** The gold completions, one for each pair. @throws LossError `MISSING_INPUT`, `SHAPE_MISMATCH`. */
function goldOf({ goldLogprobs, goldMask, goldLengths }: TpoInputs, chosen: Completions): Completions {
  if (goldLogprobs === undefined) {
    throw new LossError('MISSING_INPUT', 'tpoLoss: nllWeight needs goldLogprobs: expected [B, T], got none')
  }
  const logprobs = asLike('tpoLoss', 'goldLogprobs', goldLogprobs, chosen.logprobs)
  const values = { logprobs, mask: goldMask, lengths: goldLengths }
  const gold = completionsOf('tpoLoss', 'goldLogprobs', values)
  requireSameShape('tpoLoss', 'goldLogprobs, summed,', summed(gold), summed(chosen))
  return gold
}
