import type { LossFunction, LossReport, PolicyBackend } from '@prefkit/lm'
import { bradleyTerryLoss, type PairLoss } from '@prefkit/losses'
import type { Tensor } from '@prefkit/tensor'
import { PrefkitError } from '../../prefkit-error'
import type { PreferencePair } from '../prompts/preference-pair'
import { rewardDatum } from '../scorers/reward-datum'
import type { StepMetrics } from '../step-record'
import { pairMeans, sidesOf } from '../updates/pair-means'
import type { Algorithm } from './algorithm'
import { requirePreferences } from './require-preferences'
import { type SupervisedBatch, type SupervisedOptions, supervisedSteps } from './supervised-steps'

/**
 * A loss of pairs of rewards, with its own options settled: `bradleyTerryLoss`, `thurstoneLoss` and
 * `classificationLoss` are, and `(chosen, rejected) => hingeLoss(chosen, rejected, { margin: 2 })`, which knows no
 * preferences.
 */
export type RewardPairLoss = (
  /** [P]. */
  chosen: Tensor,
  /** [P]. */
  rejected: Tensor,
  /** [P], where any pair has one. */
  labels: { preference?: Tensor },
) => PairLoss

/** Options of {@link scalarRewardModel}. */
export interface ScalarRewardModelOptions extends SupervisedOptions {
  /** With a reward head. Its training is the `model` of a state. */
  readonly model: PolicyBackend
  /** What is learnt from. */
  readonly pairs: readonly PreferencePair[]
  /** Held-out pairs, evaluated when an epoch ends: `eval_…`. Default: none. */
  readonly evaluation?: readonly PreferencePair[]
  /** Default: `bradleyTerryLoss`. */
  readonly loss?: RewardPairLoss
}

/** The loss of rows that are chosen and rejected in turn. */
const lossOf =
  (pairLoss: RewardPairLoss): LossFunction =>
  ({ rewards, inputs, totals }) => {
    if (!rewards) {
      const message = "scalarRewardModel: model: expected one with head: 'reward', got one without"
      throw new PrefkitError('INVALID_CONFIG', message)
    }
    const [chosen, rejected] = sidesOf(rewards)
    const labels = inputs.preference ? { preference: sidesOf(inputs.preference)[0] } : {}
    return { ...pairMeans(pairLoss(chosen, rejected, labels), { totals }), rows: { reward: rewards } }
  }

/** Over all rewards of a batch, as TRL has them. */
export function rewardExtremes({ reward }: NonNullable<LossReport['rows']>): StepMetrics {
  // As arguments of a function they may be too many.
  return {
    min_reward: reward!.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY),
    mean_reward: reward!.reduce((sum, each) => sum + each, 0) / reward!.length,
    max_reward: reward!.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY),
  }
}

/**
 * A reward model: a language model with a scalar head that learns from pairs which response is better, by Bradley–Terry
 * or another loss of pairs. The reward is told from the last token of prompt and response; see `scalarScorer`.
 *
 * It logs what TRL's RewardTrainer does: `loss`, `accuracy`, `margin`, `min_reward`, `mean_reward`, `max_reward`, other
 * metrics of the loss, `grad_norm`, `learning_rate`, `epoch`; and of held-out pairs `eval_loss` and so on.
 * @throws PrefkitError `INVALID_CONFIG`; LmError for rows that are longer than the context.
 */
export async function* scalarRewardModel(options: ScalarRewardModelOptions): Algorithm {
  const { model, pairs, evaluation = [], loss: pairLoss = bradleyTerryLoss } = options
  requirePreferences('scalarRewardModel', { pairs, evaluation })
  const loss = lossOf(pairLoss)
  const labelled = [...pairs, ...evaluation].some(({ preference }) => preference !== undefined)
  const batchOf = async (some: readonly PreferencePair[]): Promise<SupervisedBatch> => {
    const data = some.flatMap(({ prompt, chosen, rejected, preference = 1 }) =>
      [chosen, rejected].map((each) => rewardDatum(prompt, each, labelled ? { preference } : undefined)),
    )
    return { data, loss, groupSize: 2 }
  }
  yield* supervisedSteps(
    {
      ...{ name: 'scalarRewardModel', model, itemNames: 'pairs', items: pairs, evaluation },
      ...{ batchOf, evaluationOf: batchOf, rowMetrics: rewardExtremes },
    },
    options,
  )
}
