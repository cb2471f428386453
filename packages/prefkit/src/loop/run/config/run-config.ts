import type { BackendChoice } from '@prefkit/tensor'
import { z } from 'zod'
import { PrefkitError } from '../../../prefkit-error'
import { issueText, type Located } from './issue-text'
import { anchors } from './sections/anchors'
import { comparisons } from './sections/comparisons'
import { evaluation, loggers } from './sections/evaluation'
import { judge } from './sections/judge'
import { model } from './sections/model'
import { policy } from './sections/policy'
import { prompts, sampling } from './sections/prompts'
import { rewardModel } from './sections/reward-model'
import { passes } from './sections/training'
import { count, files, flag, handedOn, notNegative, number, taken } from './values'

/** The seed of a step is 2²⁰ seeds after that of a run's first, and is a number that is still told from its neighbours. */
const seeds = number(
  'a whole number from 0 to 2³³ − 1',
  (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 33,
)

/** Fine-tuning before the rest. */
const sft = z
  .strictObject({
    files: files.describe('Rows of {prompt, completion}, {messages} or {text}, as for prefkit lm sft.'),
    maxLength: count.default(1024).describe('Tokens that a text is cut at.'),
    ...passes({ epochs: 1, batchSize: 8, learningRate: 2e-4 }),
  })
  .describe('Fine-tuning before the rest.')

/** Everything that a file of settings may say. */
export const runSchema = z.strictObject({
  seed: seeds.default(0).describe('Makes the run repeat to the last bit.'),
  // The names of backends are checked where they are made.
  backend: z
    .custom<BackendChoice>((value) => typeof value === 'string', 'expected a backend')
    .register(taken, { takes: 'auto, native, gpu, gpu-webgpu, gpu-webasm or reference' })
    .default('auto')
    .describe('What computes.'),
  model,
  prompts: prompts.optional(),
  sampling: sampling.prefault({}),
  sft: sft.optional(),
  comparisons: comparisons.optional(),
  rewardModel: rewardModel.optional(),
  anchors: anchors.optional(),
  judge: judge.optional(),
  policy: policy.optional(),
  evaluation: evaluation.prefault({}),
  loggers: loggers.prefault({}),
  monitors: z
    .union([flag, handedOn])
    .register(taken, { takes: 'true, false, or options by the names of monitors' })
    .default(true)
    .describe('Thresholds of monitors; false instead of options turns one off, or all of them.'),
  checkpointSeconds: notNegative.default(60).describe('Seconds between two checkpoints, at least.'),
  samplesEverySteps: count.default(5).describe('Keeps responses every so many steps, for the report.'),
})

/** A run as it is written down: what has a default may be left out. */
export type RunSettings = z.input<typeof runSchema>

/** A run with everything that decides what it comes to. */
export type RunConfig = z.output<typeof runSchema>

/** What a stage needs of the others. */
type Need = (config: RunConfig) => readonly (readonly [path: string, problem: string])[]

const hasReward = ({ policy: learnt }: RunConfig, type: string): boolean =>
  learnt !== undefined && 'rewards' in learnt && learnt.rewards.some((each) => each.type === type)

/** A policy that learns from comparisons that are there asks nothing; without prompts it is not evaluated either. */
const learnsOffline = ({ policy: learnt }: RunConfig, stage: string): boolean =>
  stage === 'policy' && learnt?.algorithm === 'preferences'

/** Rules over several sections: each names the place that is at fault. */
const needs: readonly Need[] = [
  (config) =>
    (['anchors', 'policy'] as const)
      .filter((stage) => config[stage] && !config.prompts && !learnsOffline(config, stage))
      .map((stage) => [stage, 'needs prompts: add a section prompts with files'] as const),
  ({ comparisons: drawn, prompts: asked }) =>
    drawn && drawn.source !== 'human' && !asked
      ? [
          [
            'comparisons',
            `${drawn.source} ones are of responses to prompts: add a section prompts with files`,
          ],
        ]
      : [],
  ({ rewardModel: learns, comparisons: from }) =>
    learns && learns.kind !== 'saved' && !from
      ? [['rewardModel', 'learns from comparisons: add a section comparisons, or take kind: saved']]
      : [],
  ({ anchors: chosen, rewardModel: chooser }) =>
    chosen && !chooser ? [['anchors', 'are chosen by a reward model: add a section rewardModel']] : [],
  ({ anchors: chosen }) =>
    chosen && chosen.perPrompt > chosen.n
      ? [
          [
            'anchors.perPrompt',
            `are among the n that are drawn: expected at most ${chosen.n}, got ${chosen.perPrompt}`,
          ],
        ]
      : [],
  (config) =>
    hasReward(config, 'winProbability') && !(config.anchors && config.rewardModel)
      ? [['policy.rewards', 'winProbability compares with anchors: add sections rewardModel and anchors']]
      : [],
  (config) =>
    hasReward(config, 'score') && !config.rewardModel
      ? [['policy.rewards', 'score is of a reward model: add a section rewardModel']]
      : [],
  (config) =>
    hasReward(config, 'score') && config.rewardModel?.kind === 'pairwise'
      ? [
          [
            'policy.rewards',
            'score needs a reward model of single responses; a pairwise one gives winProbability',
          ],
        ]
      : [],
  (config) =>
    config.policy?.algorithm === 'preferences' && !config.comparisons
      ? [['policy', 'preferences learns from comparisons: add a section comparisons']]
      : [],
  (config) =>
    config.policy?.algorithm === 'ppo' && config.policy.value !== 'prompt' && !config.anchors
      ? [
          [
            'policy.value',
            `${config.policy.value} needs anchors: add a section anchors, or take value: prompt`,
          ],
        ]
      : [],
  ({ policy: learns, rewardModel: chosen }) =>
    learns?.algorithm === 'ppo' && learns.critic === 'rewardModel' && !chosen
      ? [['policy.critic', 'rewardModel needs one: add a section rewardModel, or take critic: policy']]
      : [],
  ({ judge: learns, comparisons: from }) =>
    learns && !from ? [['judge', 'learns from comparisons: add a section comparisons']] : [],
  (config) =>
    config.sft || config.rewardModel || config.policy || config.judge || config.comparisons
      ? []
      : [['', 'nothing to do: add one of sft, comparisons, rewardModel, judge or policy']],
]

/**
 * Checks what a run is to be, and fills in what it leaves out.
 * @param located tells where a value stands, for messages.
 * @throws PrefkitError `INVALID_CONFIG` with all that is wrong, a line for each: place, option, what was expected, what came, and for a
 *   name that is not known the one that was probably meant.
 */
export function parseRunConfig(value: unknown, located: Located): RunConfig {
  const parsed = runSchema.safeParse(value, { reportInput: true })
  const problems = parsed.success
    ? needs
        .flatMap((need) => need(parsed.data))
        .map(([path, problem]) => located.say(path.split('.'), problem))
    : parsed.error.issues.flatMap((issue) => issueText(issue, runSchema, located))
  if (problems.length > 0) throw new PrefkitError('INVALID_CONFIG', problems.join('\n'))
  // Else there would be problems.
  return parsed.data as RunConfig
}
