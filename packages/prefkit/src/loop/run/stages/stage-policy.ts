import type { LocalPolicy, LoraConfig } from '@prefkit/lm'
import type { RunConfig } from '../config/run-config'
import type { StageContext } from '../driver/stage'
import { type ModelSource, startSource } from '../models/model-source'
import { openTrainee, policyOf, type Trainee, type TraineeOptions } from '../models/open-trainee'

/** A policy with the model that it is of; both are released together. */
export interface StagePolicy {
  readonly trainee: Trainee
  readonly policy: LocalPolicy
  release(): Promise<void>
}

/** What is opened, if not the model that everything after fine-tuning begins as, to train as the run says. */
export interface StagePolicyOptions extends TraineeOptions {
  readonly source?: ModelSource
  readonly lora?: LoraConfig | undefined
}

/** Opens a policy for a stage. @throws LmError, PrefkitError as `openLanguageModel`. */
export async function openStagePolicy(
  config: RunConfig,
  context: StageContext,
  options: StagePolicyOptions = {},
): Promise<StagePolicy> {
  const { source = startSource(config, context.results), ...rest } = options
  const { lora = config.model.lora, ...asked } = rest
  const trainee = await openTrainee(config, source, lora, context)
  const policy = policyOf(trainee, config, { seed: config.seed, ...asked })
  const release = async (): Promise<void> => {
    await policy.release()
    await trainee.release()
  }
  return { trainee, policy, release }
}

/** Releases what was opened when the rest of the opening fails. */
export async function releasedOnError<Result>(
  { release }: Pick<StagePolicy, 'release'>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    await release()
    throw error
  }
}
