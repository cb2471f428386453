import type { LocalPolicy, LoraConfig } from '@prefkit/lm'
import { closers } from '../closers'
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
  return { trainee, policy, release: closers(trainee.release, () => policy.release()).close }
}
