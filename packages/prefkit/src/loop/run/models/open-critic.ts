import { initValueHead, type LocalPolicy } from '@prefkit/lm'
import { mul, randomKey } from '@prefkit/tensor'
import type { WorkOptions } from '../../../reward/progress'
import { closers } from '../closers'
import type { RunConfig } from '../config/run-config'
import type { ModelSource } from './model-source'
import { openTrainee, policyOf, type Trainee } from './open-trainee'

/** A value model. */
export interface OpenedCritic {
  readonly critic: LocalPolicy
  release(): Promise<void>
}

/** A value head that says 0: one that was drawn says what nobody means, and advantages begin with it. */
const silentHead = ({ model: { config } }: Trainee) =>
  Object.fromEntries(
    Object.entries(initValueHead(config, randomKey(0))).map(([name, weights]) => [name, mul(weights, 0)]),
  )

/** A value model that begins as a model that is open: frozen weights are shared. */
export function criticOf(trainee: Trainee, config: RunConfig): OpenedCritic {
  const critic = policyOf(trainee, config, {
    head: 'value',
    seed: config.seed,
    initial: silentHead(trainee),
  })
  return { critic, release: () => critic.release() }
}

/** A value model that begins as a model of its own. @throws LmError, PrefkitError as `openLanguageModel`. */
export async function openCritic(
  config: RunConfig,
  source: ModelSource,
  work: WorkOptions,
): Promise<OpenedCritic> {
  const trainee = await openTrainee(config, source, config.model.lora, work)
  const { critic, release } = criticOf(trainee, config)
  return {
    critic,
    release: closers(trainee.release, release).close,
  }
}
