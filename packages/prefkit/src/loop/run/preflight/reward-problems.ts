import { taskFamilies } from '@prefkit/rubrics'
import { requireJudgeName } from '../../../judge/create-judge'
import { chosen } from '../../choices/named-choice'
import type { RewardFunction } from '../../rewards/reward-function'
import { requireRewards } from '../../rewards/score-rollouts'
import type { RunConfig } from '../config/run-config'
import type { RewardConfig } from '../config/sections/rewards'
import { openReward } from '../stages/rewards/open-rewards'
import type { RewardScope } from '../stages/rewards/reward-scope'
import { type Check, type Problem, problemOf } from './problem'

const never = (): never => {
  throw new Error('only asked in a run')
}

/** Models that are never asked. */
const closed: RewardScope = {
  pairwise: async () => ({ firstWins: never }),
  pointwise: async () => ({ scores: never }),
  pairJudge: async () => ({ name: 'none', identity: {}, compare: never }),
  scoringJudge: async () => ({
    ...{ name: 'none', identity: {}, scale: { min: 1, max: 10 } },
    ...{ score: never, compare: never },
  }),
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

const needs: { readonly [Type in RewardConfig['type']]?: (reward: never, has: Available) => string | false } =
  {
    winProbability: (_, { anchors, rewardModel }) =>
      !(anchors && rewardModel) &&
      'winProbability compares with anchors under a reward model: there are none here',
    score: (_, { rewardModel }) => !rewardModel && 'score is of a reward model: there is none here',
    trainedJudge: ({ path }: Extract<RewardConfig, { type: 'trainedJudge' }>, { judge }) =>
      path === undefined &&
      !judge &&
      'trainedJudge is the one of a section judge, or of a path: there is neither here',
    judge: ({ asking }: Extract<RewardConfig, { type: 'judge' }>, { anchors }) =>
      asking === 'pairs' &&
      !anchors &&
      'a judge of pairs compares with anchors: add a section anchors, or take asking: scores',
  }

/** A module is only looked for: it may do anything once it is loaded. */
const named = ({ name, weight }: RewardConfig, fallback: string): RewardFunction => ({
  name: name ?? fallback,
  weight,
  score: never,
})

/** What is wrong with a reward by itself. */
async function problemsOf(
  reward: RewardConfig,
  place: readonly PropertyKey[],
  has: Available,
): Promise<Problem[]> {
  // The table has for each type the need of its own.
  const need = (
    needs[reward.type] as ((reward: RewardConfig, has: Available) => string | false) | undefined
  )?.(reward, has)
  const lacking = need ? [{ path: place, problem: need }] : []
  const judged =
    'judge' in reward ? await problemOf([...place, 'judge'], () => requireJudgeName(reward.judge)) : []
  const family = reward.type === 'rubric' ? reward.family : undefined
  const ofFamily =
    family === undefined
      ? []
      : await problemOf([...place, 'family'], () => chosen('family', family, taskFamilies))
  const opened = reward.type === 'function' ? [] : await problemOf(place, () => openReward(reward, closed))
  return [...lacking, ...judged, ...ofFamily, ...opened]
}

/** Names and weights of what the policy learns from. */
async function togetherOf({ policy, evaluation }: RunConfig): Promise<Problem[]> {
  if (!policy || !('rewards' in policy)) return []
  const place = ['policy', 'rewards']
  const parts = await Promise.all(
    policy.rewards.map(async (each, i) =>
      each.type === 'function'
        ? named(each, each.export === 'default' ? `function ${i}` : each.export)
        : // What cannot be opened is told of by itself.
          openReward(each, closed).catch(() => named(each, `${each.type} ${i}`)),
    ),
  )
  const problem = 'golden is the name of evaluation.golden, which would take its place: call it otherwise'
  const taken = evaluation.golden && parts.some(({ name }) => name === 'golden')
  return [
    ...(taken ? [{ path: place, problem }] : []),
    ...(await problemOf(place, () => requireRewards(parts))),
  ]
}

/** Rewards that cannot be opened, or not together. */
export const rewardProblems: Check<RunConfig> = async (config) => {
  const { policy, comparisons, evaluation, anchors, judge, rewardModel } = config
  const has = {
    ...{ anchors: anchors !== undefined, judge: judge !== undefined },
    rewardModel: rewardModel !== undefined,
  }
  const rewards = policy && 'rewards' in policy ? policy.rewards : []
  const golden = comparisons?.source === 'simulated' ? [comparisons.golden] : []
  const measured = evaluation.golden ? [evaluation.golden] : []
  const checks = [
    ...rewards.map((each, i) => problemsOf(each, ['policy', 'rewards', i], toldBefore(each) ? all : has)),
    // Before anything is trained.
    ...golden.map((each) => problemsOf(each, ['comparisons', 'golden'], nothing)),
    ...measured.map((each) => problemsOf(each, ['evaluation', 'golden'], has)),
    togetherOf(config),
  ]
  return (await Promise.all(checks)).flat()
}
