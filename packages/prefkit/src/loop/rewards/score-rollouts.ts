import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import type { StepMetrics } from '../step-record'
import { rewardMean } from './metric-names'
import type { RewardFunction, ScoredRollout } from './reward-function'
import { runSome } from './run-some'
import { scoresBy } from './scores-by'

/** Mean and deviation (over n − 1, as in TRL) of the numbers that are none too few: 0 for one. */
function spreadOf(values: readonly number[]): { readonly mean: number; readonly std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, std: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 }
}

/** @throws PrefkitError `INVALID_CONFIG` for no functions, two of one name, a weight that is no number. */
export function requireRewards(rewards: readonly RewardFunction[]): void {
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `rewards: ${problem}`)
  }
  if (rewards.length === 0) refuse('expected at least one, got none')
  const names = rewards.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) refuse(`expected different names, got ${JSON.stringify(twice)} twice`)
  const wrong = rewards.find(({ weight = 1 }) => !Number.isFinite(weight))
  if (wrong) refuse(`${wrong.name}: weight: expected a number, got ${wrong.weight}`)
  if (rewards.every(({ weight = 1 }) => weight === 0)) refuse('expected one with a weight other than 0')
}

/** `rewards/<name>/mean` and `…/std` of what a reward function gave, over the responses that it scored; nothing where there are none. */
function metricsOfPart(name: string, rollouts: readonly ScoredRollout[]): StepMetrics {
  const known = rollouts.map(({ rewards }) => rewards[name]!).filter((score) => !Number.isNaN(score))
  if (known.length === 0) return {}
  const { mean, std } = spreadOf(known)
  return { [rewardMean(name)]: mean, [`rewards/${name}/std`]: std }
}

/** `reward` and `reward_std` of the sums, and `rewards/unscored` where some have none. */
function metricsOfSums(rollouts: readonly ScoredRollout[]): StepMetrics {
  const sums = rollouts.map(({ reward }) => reward).filter((reward) => !Number.isNaN(reward))
  const { mean, std } = spreadOf(sums)
  const unscored = rollouts.length - sums.length
  return {
    ...(sums.length > 0 && { reward: mean, reward_std: std }),
    ...(unscored > 0 && { 'rewards/unscored': unscored }),
  }
}

/** What {@link scoreRollouts} logs of the rewards of some responses, but for what the functions log themselves. */
export const rewardMetrics = (rollouts: readonly ScoredRollout[]): StepMetrics => ({
  ...Object.assign(
    {},
    ...Object.keys(rollouts[0]?.rewards ?? {}).map((name) => metricsOfPart(name, rollouts)),
  ),
  ...metricsOfSums(rollouts),
})

/** Scored responses, and what is logged of their rewards. */
export interface ScoredRollouts {
  readonly rollouts: readonly ScoredRollout[]
  readonly metrics: StepMetrics
}

/**
 * Asks all reward functions at the same time, and adds up what they say by their weights. Under TRL's names: `rewards/<name>/mean` and
 * `…/std` of each, over the responses that it scored, unweighted; `reward` and `reward_std` of the sum. A response that none of those
 * with a weight scored, such as one of which a judge's answer could not be read, has the reward NaN, and `rewards/unscored` counts them.
 * Where one fails, the others are stopped.
 * @throws PrefkitError `BAD_REWARD` where none of those with a weight scored any response; of a reward that fails as `scoresBy` says it;
 *   the signal's reason.
 */
export async function scoreRollouts(
  rewards: readonly RewardFunction[],
  rollouts: readonly Rollout[],
  signal?: AbortSignal,
): Promise<ScoredRollouts> {
  const given = await runSome(
    rewards,
    rewards.length,
    async (reward, own) => {
      const { scores, metrics = {}, unscored } = await scoresBy(reward, rollouts, own)
      return { name: reward.name, weight: reward.weight ?? 1, scores, metrics, unscored }
    },
    signal,
  )
  const scored = rollouts.map((rollout, i) => {
    const own = given.filter(({ weight, scores }) => weight !== 0 && !Number.isNaN(scores[i]))
    return {
      ...rollout,
      rewards: Object.fromEntries(given.map(({ name, scores }) => [name, scores[i]!])),
      reward:
        own.length === 0 ? Number.NaN : own.reduce((sum, { weight, scores }) => sum + weight * scores[i]!, 0),
    }
  })
  if (scored.length > 0 && scored.every(({ reward }) => Number.isNaN(reward))) {
    const reasons = given.flatMap(({ name, unscored }) =>
      unscored === undefined ? [] : [`; ${name}: ${unscored}`],
    )
    const message = `rewards: none gave a score for any of ${scored.length} responses${reasons.join('')}`
    throw new PrefkitError('BAD_REWARD', message)
  }
  const parts = given.flatMap(({ name, metrics }) => {
    const more = Object.entries(metrics).map(([key, value]) => [`rewards/${name}/${key}`, value] as const)
    return [...Object.entries(metricsOfPart(name, scored)), ...more]
  })
  return { rollouts: scored, metrics: { ...Object.fromEntries(parts), ...metricsOfSums(scored) } }
}
