import { stepSizes } from '../../../../lm/step-sizes'
import type { RunConfig } from '../../config/run-config'
import type { RunComparisons } from '../../data/comparison-file'
import type { OpenedStage, StageContext } from '../../driver/stage'
import { type ModelSource, startSource } from '../../models/model-source'

/** A reward model that is to be trained. */
export type RewardModelSettings = Exclude<NonNullable<RunConfig['rewardModel']>, { kind: 'saved' }>

/** Those of one kind. */
export type RewardModelOf<Kind extends RewardModelSettings['kind']> = Extract<
  RewardModelSettings,
  { kind: Kind }
>

/** Opens the training of a kind of reward model on comparisons. */
export type OpenRewardTraining<Kind extends RewardModelSettings['kind']> = (
  config: RunConfig,
  settings: RewardModelOf<Kind>,
  context: StageContext,
  comparisons: RunComparisons,
) => Promise<OpenedStage>

/** The model that it begins as. */
export const beginning = (
  config: RunConfig,
  { model }: RewardModelOf<'scalar' | 'pairwise'>,
  { results }: StageContext,
): ModelSource => (model === undefined ? startSource(config, results) : { model })

/** What an algorithm over comparisons is told. */
export function passesOf(
  { epochs, batchSize, ...rates }: RewardModelOf<'scalar' | 'pairwise'>,
  { train, heldOut }: RunComparisons,
  { seed }: RunConfig,
) {
  const steps = Math.ceil((epochs * train.length) / batchSize)
  return {
    pairs: train,
    evaluation: heldOut,
    epochs,
    batchSize,
    steps,
    learningRate: stepSizes(rates, steps),
    seed,
  }
}
