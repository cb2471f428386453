import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import type { StepMetrics } from '../step-record'
import { rewardMean } from './metric-names'
import type { RewardFunction, RewardScores, ScoredRollout } from './reward-function'
import { runSome } from './run-some'

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

function requireScores(name: string, scores: readonly number[], count: number): void {
  if (scores.length !== count) {
    const message = `rewards: ${name}: gave ${scores.length} scores of ${count} responses`
    throw new PrefkitError('BAD_REWARD', message)
  }
  const at = scores.findIndex((score) => typeof score !== 'number' || Math.abs(score) === Infinity)
  if (at >= 0) {
    const message = `rewards: ${name}: gave ${scores[at]} for response ${at}: expected a number, or NaN for none`
    throw new PrefkitError('BAD_REWARD', message)
  }
}

/** What a reward gives; or an error that names it. */
async function scoresOf(
  reward: RewardFunction,
  rollouts: readonly Rollout[],
  signal: AbortSignal,
): Promise<RewardScores> {
  try {
    return await reward.score(rollouts, { signal })
  } catch (cause) {
    if (signal.aborted) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    const named = reason.startsWith(`${reward.name}: `) ? reason : `${reward.name}: ${reason}`
    const code = PrefkitError.isInstance(cause) ? cause.code : 'BAD_REWARD'
    throw new PrefkitError(code, `rewards: ${named}`, { cause })
  }
}

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
 * @throws PrefkitError naming a reward that fails, with its error as the cause: `BAD_REWARD`, or the code that this has; `BAD_REWARD` for
 *   numbers too many or too few, or infinite ones, or where none of those with a weight scored any response; the signal's reason.
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
      const { scores, metrics = {} } = await scoresOf(reward, rollouts, own)
      requireScores(reward.name, scores, rollouts.length)
      return { name: reward.name, weight: reward.weight ?? 1, scores, metrics }
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
  const sums = scored.map(({ reward }) => reward).filter((reward) => !Number.isNaN(reward))
  if (sums.length === 0 && scored.length > 0) {
    const message = `rewards: none gave a score for any of ${scored.length} responses`
    throw new PrefkitError('BAD_REWARD', message)
  }
  const parts = given.flatMap(({ name, scores, metrics }) => {
    const known = scores.filter((score) => !Number.isNaN(score))
    const { mean, std } = spreadOf(known)
    const more = Object.entries(metrics).map(([key, value]) => [`rewards/${name}/${key}`, value] as const)
    if (known.length === 0) return more
    return [[rewardMean(name), mean] as const, [`rewards/${name}/std`, std] as const, ...more]
  })
  const { mean, std } = spreadOf(sums)
  const unscored = scored.length - sums.length
  return {
    rollouts: scored,
    metrics: {
      ...Object.fromEntries(parts),
      ...{ reward: mean, reward_std: std },
      ...(unscored > 0 && { 'rewards/unscored': unscored }),
    },
  }
}
