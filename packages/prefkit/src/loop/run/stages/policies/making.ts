import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { adaptiveLimit, connectServer } from '@prefkit/judges'
import type { LocalPolicy } from '@prefkit/lm'
import { stepSizes } from '../../../../lm/step-sizes'
import type { Algorithm, AlgorithmOptions, AlgorithmState } from '../../../algorithms/algorithm'
import type { LoopPrompt } from '../../../prompts/prompt'
import type { RewardFunction } from '../../../rewards/reward-function'
import type { RolloutSource } from '../../../rollouts/rollout'
import type { ServerClient } from '../../../rollouts/server-client'
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

/** Milliseconds that a server has to unload what it was given: an end is not held up by one that is gone. */
const unloadTime = 10_000

/** What gives the server the policy's adapters, and takes them away at the end. */
function refreshOf(
  { context, policy, onClose }: Making<OnlineSettings>,
  client: ServerClient,
  first: number,
) {
  const refresh = adapterRefresh({
    ...{ client, policy, first },
    pathOf: (number) => join(context.path, 'adapters', `${number}`),
    remove: (path) => rm(path, { recursive: true, force: true }),
  })
  onClose(async () => {
    try {
      await refresh.close({ signal: AbortSignal.timeout(unloadTime) })
    } catch (error) {
      // What was learnt is not lost for it.
      const reason = error instanceof Error ? error.message : String(error)
      context.onWarning?.(`policy.rollouts: ${client.server} may still have this run's adapter: ${reason}`)
    }
  })
  return refresh
}

/** Where responses come from, if not from the policy itself: a server, which may be given the policy's adapter before each step. */
function serverSource(making: Making<OnlineSettings>, first: number): RolloutSource | undefined {
  const { settings, trainee } = making
  const { rollouts } = settings
  if (!rollouts) return undefined
  const { baseUrl, model, apiKeyEnv, concurrency, refresh, api, logprobs } = rollouts
  const apiKey = process.env[apiKeyEnv]
  const client = connectServer({
    ...{ baseUrl, model, limit: adaptiveLimit(concurrency) },
    ...(apiKey !== undefined && { apiKey }),
  })
  return serverRollouts({
    ...{ client, api, tokenizer: trainee.encoding.tokenizer },
    ...(logprobs && { logprobs }),
    ...(refresh && { refresh: refreshOf(making, client, first) }),
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
