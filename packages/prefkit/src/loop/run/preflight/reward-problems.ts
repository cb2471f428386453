import { existsSync } from 'node:fs'
import type { ScoringJudge } from '@prefkit/judges'
import type { RewardFunction } from '../../rewards/reward-function'
import { requireRewards } from '../../rewards/score-rollouts'
import type { Rollout } from '../../rollouts/rollout'
import type { RunConfig } from '../config/run-config'
import { type RewardConfig, reward as rewardSchema } from '../config/sections/rewards'
import { loadFunctionReward, loadModule } from '../rewards/load-function-reward'
import { openReward } from '../stages/rewards/open-rewards'
import { requireAnswering } from '../stages/rewards/require-answering'
import type { RewardScope } from '../stages/rewards/reward-scope'
import { problemsOfJudge } from './judge-problems'
import { type Check, type Problem, problemOf } from './problem'
import { measuredRewards, type PlacedReward, policyRewards, simulatedRewards } from './rewards-of'

const never = (): never => {
  throw new Error('only asked in a run')
}

const silent: ScoringJudge = { name: 'none', identity: {}, score: never, compare: never }

/** Models that are never asked. */
const closed: RewardScope = {
  placeOf: () => '',
  pairwise: async () => ({ firstWins: never }),
  pointwise: async () => ({ scores: never }),
  pairJudge: async () => silent,
  scoringJudge: async () => silent,
  askedJudge: async () => silent,
  trainedJudge: async () => ({ scores: never }),
}

/** What a part of a run has, of what rewards may need. */
interface Available {
  readonly anchors: boolean
  readonly judge: boolean
  /** The run's reward model. */
  readonly rewardModel: boolean
}

const all: Available = { anchors: true, judge: true, rewardModel: true }
const nothing: Available = { anchors: false, judge: false, rewardModel: false }

/** Of the policy's own rewards: what these need is known where the configuration is read. */
const toldBefore = ({ type }: RewardConfig): boolean => type === 'winProbability' || type === 'score'

type Of<Type extends RewardConfig['type']> = Extract<RewardConfig, { type: Type }>

const needs: { readonly [Type in RewardConfig['type']]?: (reward: never, has: Available) => string | false } =
  {
    winProbability: (_, { anchors, rewardModel }) =>
      !(anchors && rewardModel) &&
      'winProbability compares with anchors under a reward model: there are none here',
    score: (_, { rewardModel }) => !rewardModel && 'score is of a reward model: there is none here',
    trainedJudge: ({ path }: Of<'trainedJudge'>, { judge }) =>
      path === undefined &&
      !judge &&
      'trainedJudge is the one of a section judge, or of a path: there is neither here',
    judge: ({ asking }: Of<'judge'>, { anchors }) =>
      asking === 'pairs' &&
      !anchors &&
      'a judge of pairs compares with anchors: add a section anchors, or take asking: scores',
  }

/** What may be wrong with rewards of a type, beside what opening them tells. */
const typeChecks: {
  readonly [Type in RewardConfig['type']]?: (
    reward: never,
    place: readonly PropertyKey[],
  ) => Promise<readonly Problem[]>
} = {
  judge: (reward: Of<'judge'>, place) => problemsOfJudge(reward, place, reward.asking),
  async rubric(reward: Of<'rubric'>, place) {
    const found = await problemsOfJudge(reward, place)
    return found.length > 0 ? found : problemOf([...place, 'judge'], () => requireAnswering(reward.judge))
  },
  async function({ module, export: name }: Of<'function'>, place) {
    // One that is not there is told of among the files.
    if (!existsSync(module)) return []
    const found = await problemOf([...place, 'module'], () => loadModule(module))
    if (found.length > 0) return found
    return problemOf([...place, 'export'], () => loadFunctionReward(`${module}#${name}`))
  },
}

/** What messages begin with that are of a setting: its name, perhaps behind that of the reward. */
const settings = [/^(\w+): (.+)$/su, /^[^:]+: (\w+): (.+)$/su]

/** A message such as `regex: pattern: …` is of a setting that can be named. */
function atSetting({ reward, place }: PlacedReward, found: readonly Problem[]): Problem[] {
  return found.map((told) => {
    const parts = settings.map((pattern) => pattern.exec(told.problem))
    const [, setting, problem] = parts.find((part) => part && Object.hasOwn(reward, part[1]!)) ?? []
    return setting && problem ? { path: [...place, setting], problem } : told
  })
}

/** What is wrong with a reward by itself. */
async function problemsOf(placed: PlacedReward, has: Available): Promise<Problem[]> {
  const { reward, place } = placed
  // The tables have for each type what is of its own.
  const need = needs[reward.type] as ((reward: RewardConfig, has: Available) => string | false) | undefined
  const check = typeChecks[reward.type] as
    | ((reward: RewardConfig, place: readonly PropertyKey[]) => Promise<readonly Problem[]>)
    | undefined
  const lacking = need?.(reward, has)
  const found = [
    ...(lacking ? [{ path: place, problem: lacking }] : []),
    ...((await check?.(reward, place)) ?? []),
  ]
  // What is told of already would not open either; nor would a module that is not there.
  if (found.length > 0 || reward.type === 'function') return found
  return atSetting(placed, await problemOf(place, () => tried(reward, place)))
}

/** A response of one token, with which functions of lengths check what they are told. */
const response: Rollout = {
  prompt: { id: '', text: '', tokens: [] },
  ...{ sample: 0, text: '', tokens: [0], finishReason: 'stop' },
  ...{ logProbs: new Float32Array(1), samplingLogProbs: new Float32Array(1) },
}

/** The same with a part that asks nobody, where that is a reward: it is looked at by itself. */
const withoutParts = (reward: RewardConfig): RewardConfig =>
  reward.type === 'length' && rewardSchema.safeParse(reward.options.correct).success
    ? { ...reward, options: { ...reward.options, correct: { type: 'format', tags: ['right'] } } }
    : reward

/** Opens a reward; functions of lengths check their options where they are used. */
async function tried(reward: RewardConfig, place: readonly PropertyKey[]): Promise<void> {
  const { score } = await openReward(withoutParts(reward), closed, place)
  if (reward.type === 'length') await score([response])
}

/** A reward that is known by name and weight alone. */
const named = ({ name, weight }: RewardConfig, fallback: string): RewardFunction => ({
  name: name ?? fallback,
  weight,
  score: never,
})

/** Names that a policy's rewards share, told where the second stands. */
function sharedNames(parts: readonly RewardFunction[], place: readonly PropertyKey[]): Problem[] {
  const names = parts.map(({ name }) => name)
  return names.flatMap((name, i) => {
    const first = names.indexOf(name)
    if (first === i) return []
    const problem = `is logged as ${name}, as ${place.join('.')}[${first}] is: give one of them a name, such as name: ${name}${i + 1}`
    return [{ path: [...place, i], problem }]
  })
}

/** Names and weights of what the policy learns from. */
async function togetherOf({ policy, evaluation }: RunConfig): Promise<Problem[]> {
  if (!policy || !('rewards' in policy)) return []
  const place = ['policy', 'rewards']
  const parts = await Promise.all(
    // What cannot be opened is told of by itself.
    policy.rewards.map((each, i) =>
      openReward(each, closed, [...place, i]).catch(() => named(each, `${each.type} ${i}`)),
    ),
  )
  const problem = 'golden is the name of evaluation.golden, which would take its place: call it otherwise'
  const taken = evaluation.golden && parts.some(({ name }) => name === 'golden')
  const shared = sharedNames(parts, place)
  return [
    ...(taken ? [{ path: place, problem }] : []),
    ...shared,
    ...(shared.length > 0 ? [] : await problemOf(place, () => requireRewards(parts))),
  ]
}

/** Rewards that cannot be opened, or not together. */
export const rewardProblems: Check<RunConfig> = async (config) => {
  const { anchors, judge, rewardModel } = config
  const has = {
    ...{ anchors: anchors !== undefined, judge: judge !== undefined },
    rewardModel: rewardModel !== undefined,
  }
  const checks = [
    ...policyRewards(config).map((each) => problemsOf(each, toldBefore(each.reward) ? all : has)),
    // Before anything is trained.
    ...simulatedRewards(config).map((each) => problemsOf(each, nothing)),
    ...measuredRewards(config).map((each) => problemsOf(each, has)),
    togetherOf(config),
  ]
  return (await Promise.all(checks)).flat()
}
