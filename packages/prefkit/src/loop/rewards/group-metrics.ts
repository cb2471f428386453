import type { StepMetrics } from '../step-record'
import type { ScoredRollout } from './reward-function'

/** `frac_reward_zero_std`, as in TRL: the share of groups whose rewards are all equal, those that there are, so that they teach nothing. */
export function groupMetrics(rollouts: readonly ScoredRollout[], groupSize: number): StepMetrics {
  const groups = rollouts.length / groupSize
  const isFlat = (group: number): boolean => {
    const all = rollouts.slice(group * groupSize, (group + 1) * groupSize)
    const own = all.filter(({ reward }) => !Number.isNaN(reward))
    return own.every(({ reward }) => reward === own[0]!.reward)
  }
  const flat = Array.from({ length: groups }, (_, group) => group).filter(isFlat)
  return { frac_reward_zero_std: flat.length / groups }
}
