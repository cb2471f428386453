import { join } from 'node:path'
import { adaptiveLimit, connectServer } from '@prefkit/judges'
import type { LocalPolicy } from '@prefkit/lm'
import { stepSizes } from '../../../../lm/step-sizes'
import type { Algorithm, AlgorithmOptions, AlgorithmState } from '../../../algorithms/algorithm'
import type { LoopPrompt } from '../../../prompts/prompt'
import type { RewardFunction } from '../../../rewards/reward-function'
import type { RolloutSource } from '../../../rollouts/rollout'
import { adapterRefresh } from '../../../rollouts/server-refresh'
import { serverRollouts } from '../../../rollouts/server-rollouts'
import type { RolloutCorrectionOptions } from '../../../rollouts/trust-rollouts'
import type { RunConfig } from '../../config/run-config'
import type { StageContext, StageSummary } from '../../driver/stage'
import type { Trainee } from '../../models/open-trainee'
import { streamSeed } from '../../stream-seed'
import type { RunScope } from '../rewards/run-scope'

/** How a policy learns. */
export type PolicySettings = NonNullable<RunConfig['policy']>

/** Those of an algorithm that draws responses. */
export type DrawingSettings = Extract<PolicySettings, { promptsPerStep: number }>

/** Those of an algorithm that may have them drawn by a server. */
export type OnlineSettings = Extract<DrawingSettings, { samplesPerPrompt: number }>

/** What an algorithm is made from. */
export interface Making<Settings extends PolicySettings> {
  readonly settings: Settings
  readonly config: RunConfig
  readonly context: StageContext
  readonly trainee: Trainee
  readonly policy: LocalPolicy
  /** To learn on, with their anchors where there are any. */
  readonly prompts: readonly LoopPrompt[]
  readonly rewards: readonly RewardFunction[]
  readonly scope: RunScope
  /** Takes what is to be released at the end. */
  readonly onClose: (close: () => Promise<void>) => void
  /** Takes what is to be said of it in the stage's summary. */
  readonly onNote: (note: StageSummary) => void
}

/** An algorithm, from its beginning or from a state. */
export type MadeAlgorithm = (resume: AlgorithmState | undefined) => Algorithm

/** Makes the algorithm of settings. */
export type MakeAlgorithm<Settings extends PolicySettings> = (
  making: Making<Settings>,
) => Promise<MadeAlgorithm>

/** Where responses come from, if not from the policy itself: a server, which may be given the policy's adapter before each step. */
function serverSource(
  { settings: { rollouts }, config, context, policy, trainee }: Making<OnlineSettings>,
  first: number,
): RolloutSource | undefined {
  if (!rollouts) return undefined
  const { baseUrl, model, apiKeyEnv, concurrency, refresh, api, logprobs } = rollouts
  const apiKey = process.env[apiKeyEnv]
  const client = connectServer({
    ...{ baseUrl, model, limit: adaptiveLimit(concurrency) },
    ...(apiKey !== undefined && { apiKey }),
  })
  const pathOf = (number: number): string => join(context.path, 'adapters', `${number}`)
  return serverRollouts({
    ...{ client, api, tokenizer: trainee.encoding.tokenizer },
    ...(logprobs && { logprobs }),
    ...(refresh && {
      refresh: adapterRefresh({ client, policy, pathOf, first, name: `prefkit-${config.seed}` }),
    }),
  })
}

/** What all algorithms that draw responses are told. */
export function drawingOptions(
  { settings, config, context, policy, prompts, rewards }: Making<DrawingSettings>,
  resume: AlgorithmState | undefined,
) {
  const { steps, promptsPerStep } = settings
  const learningRate: AlgorithmOptions['learningRate'] = stepSizes(settings, steps)
  return {
    ...{ policy, prompts, rewards, steps, promptsPerStep, learningRate, resume },
    ...{ sampling: config.sampling, seed: streamSeed(config, 'policy'), signal: context.signal },
  }
}

/** The same with what those are told that compare several responses of the policy, or a server's. */
export function onlineOptions(making: Making<OnlineSettings>, resume: AlgorithmState | undefined) {
  const { settings } = making
  const rollouts = serverSource(making, resume?.step ?? 0)
  return {
    ...drawingOptions(making, resume),
    samplesPerPrompt: settings.samplesPerPrompt,
    // Options of `rolloutWeights`, which checks them.
    correction: settings.correction as RolloutCorrectionOptions,
    ...(rollouts && { rollouts }),
  }
}
