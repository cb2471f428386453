import { add, div, mul, sub, type Tensor, type TensorLike, zerosLike } from '@prefkit/tensor'
import { alike, perExample } from '../batch'
import { type Convention, conventionOf } from '../conventions'
import { settled } from '../determined'
import {
  LossError,
  requireChoice,
  requireInputs,
  requireNames,
  requireNonNegative,
  requirePositive,
  requireShare,
  requireWithin,
} from '../loss-error'
import { requireEffects } from '../option-effects'
import type { PairLoss } from '../pair-loss'
import {
  type Completions,
  desensitised,
  lengthsOf,
  negativeLogLikelihood,
  type PreferenceLogprobs,
  preferencesOf,
  type ReferencedLogprobs,
  referencedNames,
  requireSameShape,
  summed,
  tokensOfPair,
} from './completions'
import { dpoLossTypes, type PairTerms } from './dpo-loss-types'
import { type FDivergence, fDivergenceScores } from './f-divergence'
import { type PreferenceMetric, preferenceMetrics } from './preference-metrics'

/** The losses of the DPO family, under TRL's names. */
export type DpoLossType = keyof typeof dpoLossTypes

/** Inputs of {@link dpoLoss}. */
export interface DpoInputs extends ReferencedLogprobs {
  /** `[B]` or a number: weight of each pair, such as the product of its two `wpoWeights`. Default: 1. */
  weights?: TensorLike
}

/** Options of {@link dpoLoss}. */
export interface DpoLossOptions {
  /** β > 0: how strongly the policy is kept near the reference policy. Default: 0.1. */
  beta?: number
  /**
   * Which loss, or several with their weights, at least 0. `{ sigmoid: 0.8, bco_pair: 0.2, sft: 1 }` is MPO,
   * `{ sigmoid: 1, sft: α }` the NLL-regularised RPO (2404.19733). Default: `sigmoid`.
   */
  lossType?: DpoLossType | Partial<Record<DpoLossType, number>>
  /** The divergence whose scores replace log-ratios, for the losses that are functions of δ. Default: `reverse-kl`. */
  divergence?: FDivergence
  /** α of the `alpha` divergence; 1 is the reverse KL. Default: 0.5. */
  alpha?: number
  /**
   * ε in [0, ½): the share of labels assumed to be flipped; for `exo_pair` (ε > 0), `robust`, `aot`, `aot_unpaired`
   * and, under the convention `openrlhf`, `sigmoid`. Default: 0.
   */
  labelSmoothing?: number
  /** α in [0, 1] of LD-DPO (2409.06411): the weight of tokens past the length of the shorter completion. Default: 1. */
  lengthAlpha?: number
  /** τ in (0, 1) of `discopop`. Default: 0.05. */
  discopopTau?: number
  /**
   * How trainers compute `ipo` and `sigmoid`. `trl`: `ipo` divides scores by lengths, `sigmoid` has no label smoothing. `openrlhf`: `ipo`
   * is the paper's, of sums; `sigmoid` with label smoothing is cDPO. Default: `trl`.
   */
  convention?: Convention<'dpoLoss'>
}

/**
 * Direct preference optimisation and its variants, per pair. With c, r = log π − log π_ref of the chosen and rejected
 * completion, summed over their tokens, and δ the difference of their scores (δ = c − r for the reverse KL), `sigmoid`
 * is −log σ(βδ). The equations of the others are listed in the README.
 *
 * Online DPO, and IPO online, are this loss on two completions of the policy, the one with the larger reward chosen.
 * TRL's online `ipo` is of sums, as under the convention `openrlhf`.
 *
 * `rewards/*` are of β·c and β·r, `rewards/accuracies` the share of pairs with the first larger, `logps/*` the means of
 * log π.
 *
 * Source: 2305.18290, equation 7; 2309.06657 (`hinge`); 2310.12036, equation 17 (`ipo`); 2402.00856, equation 16
 * (`exo_pair`); 2402.05369 (`nca_pair`); 2403.00409 (`robust`); 2404.04656 (`bco_pair`); 2405.00675, equation 4.7
 * (`sppo_hard`); 2406.05882 (`aot`); 2408.06266, equations 7 and 8 (`apo_zero`, `apo_down`); 2406.08414, equation 5
 * (`discopop`); 2411.15124, section 4.3 (`sigmoid_norm`); 2309.16240 (f-divergences); 2409.06411 (LD-DPO);
 * 2411.10442, section 3.2 (MPO); 2402.04792 (online DPO). Proven against TRL 1.16.0 (`DPOTrainer._compute_loss`,
 * `OnlineDPOTrainer.training_step`), OpenRLHF 0.11.2 (`DPOLoss`), HALOs 4831988 (`DPOTrainer`, `CDPOTrainer`,
 * `IPOTrainer`).
 *
 * @throws LossError `SHAPE_MISMATCH` where shapes do not fit; `EMPTY` for no pairs; `MISSING_INPUT` when lengths or
 *   tokens are needed and not given; `INVALID_OPTION` for options that are unknown, out of range, or of no effect with
 *   this loss, except `convention`, which every loss accepts; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function dpoLoss(inputs: DpoInputs, options: DpoLossOptions = {}): PairLoss<PreferenceMetric> {
  const { outcome, summands } = dpoOutcome(inputs, options)
  return settled(NAME, outcome, summands)
}

/** The same before the check for NaN, with the tensors that it was computed from. */
export function dpoOutcome(
  given: DpoInputs,
  options: DpoLossOptions,
): { outcome: PairLoss<PreferenceMetric>; summands: Readonly<Record<string, Tensor | undefined>> } {
  const settings = settingsOf(options)
  requireInputs(NAME, given, { ...referencedNames, weights: true })
  const { weights, ...completions } = given
  const { beta, lengthAlpha } = settings
  const { chosenLogprobs: c, rejectedLogprobs: r, refChosenLogprobs, refRejectedLogprobs } = completions
  const numbers = { chosenLogprobs: c, rejectedLogprobs: r, refChosenLogprobs, refRejectedLogprobs }
  const alikes = alike(numbers, NAME)
  const inputs: ReferencedLogprobs = { ...completions, ...alikes }
  const policy = sidesOf(inputs, lengthAlpha)
  const [chosenLogprobs, rejectedLogprobs] = [summed(policy[0]), summed(policy[1])]
  const reference = referenceOf(inputs, policy, lengthAlpha)
  const [refChosen, refRejected] = reference
    ? [summed(reference[0]), summed(reference[1])]
    : [zerosLike(chosenLogprobs), zerosLike(rejectedLogprobs)]
  const ratios = [sub(chosenLogprobs, refChosen), sub(rejectedLogprobs, refRejected)] as const
  const terms: PairTerms = {
    chosen: ratios[0],
    rejected: ratios[1],
    ...scoreTerms(ratios, policy, settings),
    policyMargin: sub(chosenLogprobs, rejectedLogprobs),
    refMargin: sub(refChosen, refRejected),
    negativeLogLikelihood: () => negativeLogLikelihood(NAME, withoutTail(inputs), 'batch'),
  }
  const parts = settings.lossTypes.map(([type, weight]) =>
    weight === 1 ? dpoLossTypes[type](terms, settings) : mul(weight, dpoLossTypes[type](terms, settings)),
  )
  const total = parts.reduce((sum, part) => add(sum, part))
  const weight = weights === undefined ? undefined : perExample(NAME, 'weights', weights, total)
  const losses = weight === undefined ? total : mul(weight, total)
  const rewards = [mul(beta, ratios[0]), mul(beta, ratios[1])] as const
  const metrics = preferenceMetrics(rewards, [chosenLogprobs, rejectedLogprobs])
  return { outcome: { losses, metrics }, summands: { ...summandsOf(policy, reference), weights: weight } }
}

const NAME = 'dpoLoss'

/** The tensors that the losses are computed from, 0 where masked. */
const summandsOf = (policy: Pair, reference: Pair | undefined) => ({
  ...tokensOfPair(policy),
  refChosenLogprobs: reference?.[0].given,
  refRejectedLogprobs: reference?.[1].given,
})

type Pair = readonly [chosen: Completions, rejected: Completions]

/** The differences of the scores of the two log-ratios, and of scores per token. */
function scoreTerms(
  ratios: readonly [Tensor, Tensor],
  policy: Pair,
  { divergence, alpha, convention }: ReturnType<typeof settingsOf>,
): Pick<PairTerms, 'delta' | 'normalisedDelta' | 'ipoDelta'> {
  const scores = ratios.map((ratio) => fDivergenceScores[divergence](ratio, alpha)) as [Tensor, Tensor]
  const delta = sub(...scores)
  const perToken = (i: 0 | 1) => div(scores[i], lengthsOf(NAME, policy[i], 'scores per token need'))
  const normalisedDelta = () => sub(perToken(0), perToken(1))
  return { delta, normalisedDelta, ipoDelta: convention === 'openrlhf' ? () => delta : normalisedDelta }
}

/** The chosen completions, where every token has the weight 1: the data of `sft`. */
const withoutTail = (inputs: PreferenceLogprobs): Completions => preferencesOf(NAME, inputs)[0]

/** The two sides; past the shared length tokens have the weight `lengthAlpha`. */
function sidesOf(inputs: PreferenceLogprobs, lengthAlpha: number): Pair {
  const [chosen, rejected] = preferencesOf(NAME, inputs)
  if (lengthAlpha === 1) return [chosen, rejected]
  const weighted = (side: Completions, other: Completions) => desensitised(NAME, side, other, lengthAlpha)
  return [weighted(chosen, rejected), weighted(rejected, chosen)]
}

/** The two sides under the reference policy; undefined without one. */
function referenceOf(inputs: ReferencedLogprobs, policy: Pair, lengthAlpha: number): Pair | undefined {
  const { refChosenLogprobs, refRejectedLogprobs, ...shared } = inputs
  if (refChosenLogprobs === undefined && refRejectedLogprobs === undefined) return undefined
  if (refChosenLogprobs === undefined || refRejectedLogprobs === undefined) {
    const missing = refChosenLogprobs === undefined ? 'refChosenLogprobs' : 'refRejectedLogprobs'
    throw new LossError(
      'MISSING_INPUT',
      `${NAME}: expected both reference log-probabilities or none, no ${missing}`,
    )
  }
  const given = { ...shared, chosenLogprobs: refChosenLogprobs, rejectedLogprobs: refRejectedLogprobs }
  const reference = sidesOf(given, lengthAlpha)
  reference.forEach((side, i) => {
    requireSameShape(NAME, `the reference's ${side.name}`, side.logprobs, policy[i]!.logprobs)
  })
  return reference
}

/** The losses that are functions of δ, and so of the divergence. */
const ofDelta = ['sigmoid', 'sigmoid_norm', 'hinge', 'ipo', 'exo_pair', 'robust', 'discopop']

const withSmoothing = ['exo_pair', 'robust', 'aot', 'aot_unpaired']

const knownOptions = {
  beta: true,
  lossType: true,
  divergence: true,
  alpha: true,
  labelSmoothing: true,
  lengthAlpha: true,
  discopopTau: true,
  convention: true,
}

/** Defaults filled in, each option in its range, and none that this loss would ignore. */
function settingsOf(options: DpoLossOptions) {
  requireNames(NAME, options, knownOptions)
  const { beta = 0.1, lossType = 'sigmoid', divergence = 'reverse-kl', alpha = 0.5 } = options
  const { labelSmoothing = 0, lengthAlpha = 1, discopopTau = 0.05 } = options
  const convention = conventionOf(NAME, options)
  const lossTypes = lossTypesOf(lossType)
  requirePositive(NAME, 'beta', beta)
  requireChoice(NAME, 'divergence', divergence, Object.keys(fDivergenceScores))
  requireWithin(NAME, 'alpha', alpha, {})
  requireWithin(NAME, 'labelSmoothing', labelSmoothing, { from: 0, below: 0.5 })
  requireShare(NAME, 'lengthAlpha', lengthAlpha)
  requireWithin(NAME, 'discopopTau', discopopTau, { above: 0, below: 1 })
  const types = lossTypes.map(([type]) => type)
  const smoothed = convention === 'openrlhf' ? [...withSmoothing, 'sigmoid'] : withSmoothing
  const among = (knowing: readonly string[]) => ({
    counts: types.some((type) => knowing.includes(type)),
    only: `lossType ${knowing.join(' or ')}`,
  })
  requireEffects(NAME, options, {
    labelSmoothing: { preset: 0, ...among(smoothed) },
    divergence: { preset: 'reverse-kl', ...among(ofDelta) },
    alpha: { preset: 0.5, counts: divergence === 'alpha', only: "divergence: 'alpha'" },
    discopopTau: { preset: 0.05, ...among(['discopop']) },
  })
  if (types.includes('exo_pair') && labelSmoothing === 0) {
    const expected = 'expected a number in (0, 0.5) with exo_pair, such as 1e-3, got 0'
    throw new LossError('INVALID_OPTION', `${NAME}: labelSmoothing: ${expected}`)
  }
  const sigmoidSmoothing = convention === 'openrlhf' ? labelSmoothing : 0
  const ranges = { beta, alpha, labelSmoothing, sigmoidSmoothing, lengthAlpha, discopopTau }
  return { ...ranges, lossTypes, divergence, convention }
}

const isWeighted = (lossType: unknown): lossType is Partial<Record<DpoLossType, number>> =>
  typeof lossType === 'object' && lossType !== null && !Array.isArray(lossType)

/** The losses with their weights. @throws LossError `INVALID_OPTION`. */
function lossTypesOf(
  lossType: NonNullable<DpoLossOptions['lossType']>,
): readonly (readonly [DpoLossType, number])[] {
  const types = Object.keys(dpoLossTypes)
  if (!isWeighted(lossType)) {
    requireChoice(NAME, 'lossType', lossType, types)
    return [[lossType, 1]]
  }
  const lossTypes = Object.entries(lossType) as [DpoLossType, number][]
  if (lossTypes.length === 0) {
    throw new LossError('INVALID_OPTION', `${NAME}: lossType: expected at least one loss, got none`)
  }
  for (const [type, weight] of lossTypes) {
    requireChoice(NAME, 'lossType', type, types)
    requireNonNegative(NAME, `lossType: the weight of ${type}`, weight)
  }
  return lossTypes
}
