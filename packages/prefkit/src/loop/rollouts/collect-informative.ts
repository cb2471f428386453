import { type InformativeGroupsOptions, informativeGroups } from '@prefkit/advantages'
import { comparablePlaces, groupsOfSize } from '../rewards/comparable-rollouts'
import { groupMetrics } from '../rewards/group-metrics'
import { meanMetrics } from '../rewards/mean-metrics'
import type { ScoredRollout } from '../rewards/reward-function'
import type { StepMetrics } from '../step-record'
import { type Collected, type CollectOptions, collectRollouts, type Timed } from './collect-rollouts'

/** Which groups are learnt from: options of `informativeGroups`, and how often more are drawn. */
export interface DynamicSampling extends Omit<InformativeGroupsOptions, 'groups'> {
  /** Draws of `promptsPerStep` prompts, at most, until as many groups teach something. Default: 1, which only leaves out. */
  readonly rounds?: number
}

/**
 * Draws and scores until there are as many groups as asked for that teach something, or `rounds` times: DAPO's dynamic sampling.
 * Every step has prompts of its own, whether or not it needs all of them, so they depend on the seed and the step alone.
 * @returns the groups that teach, `promptsPerStep` at most, perhaps none. Metrics are means over the rounds, with
 *   `sampling/rounds` and `sampling/kept_groups`.
 */
export async function collectInformative(
  options: CollectOptions,
  { rounds = 1, ...filter }: DynamicSampling,
  time: Timed,
): Promise<Collected> {
  const { promptsPerStep, samplesPerPrompt: n, step } = options
  const kept: ScoredRollout[] = []
  const drawn: StepMetrics[] = []
  while (drawn.length < rounds && kept.length < promptsPerStep * n) {
    const own = { ...options, step: step * rounds + drawn.length, sameWeights: drawn.length > 0 }
    const { rollouts, metrics } = await collectRollouts(own, time)
    const all = groupsOfSize(rollouts.length, n)
    const places = comparablePlaces(all, (i) => !Number.isNaN(rollouts[i]!.reward))
    const rewards = places.map((i) => rollouts[i]!.reward)
    const { responses } = informativeGroups(rewards, { ...filter, groups: places.map((i) => all[i]!) })
    // Whole groups, also with what has no score, so that a step is so many groups of one size.
    const informative = new Set(responses.map((i) => all[places[i]!]!))
    kept.push(...rollouts.filter((_, i) => informative.has(all[i]!)))
    drawn.push({ ...groupMetrics(rollouts, n), ...metrics })
  }
  const rollouts = kept.slice(0, promptsPerStep * n)
  const sampling = { 'sampling/rounds': drawn.length, 'sampling/kept_groups': rollouts.length / n }
  return { rollouts, metrics: { ...meanMetrics(drawn), ...sampling } }
}
