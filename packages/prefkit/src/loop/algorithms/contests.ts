import type { ScoredRollout } from '../rewards/reward-function'
import type { StepMetrics } from '../step-record'

/** A response of the policy, and the one that it is compared with. */
export interface Contest {
  readonly own: ScoredRollout
  readonly other: ScoredRollout
}

/** Groups of two as contests: those of which both have a reward. */
export const contestsOf = (groups: readonly (readonly ScoredRollout[])[]): Contest[] =>
  groups.flatMap(([own, other]) =>
    Number.isNaN(own!.reward + other!.reward) ? [] : [{ own: own!, other: other! }],
  )

/** Means of the rewards of the two sides, and of what the policy's are ahead, by the names that each is logged under; nothing without contests. */
export function contestMetrics(
  contests: readonly Contest[],
  names: { readonly own: string; readonly other: string; readonly margin?: string },
): StepMetrics {
  if (contests.length === 0) return {}
  const meanOf = (reward: (contest: Contest) => number): number =>
    contests.reduce((sum, contest) => sum + reward(contest), 0) / contests.length
  return {
    [names.own]: meanOf(({ own }) => own.reward),
    [names.other]: meanOf(({ other }) => other.reward),
    ...(names.margin && { [names.margin]: meanOf(({ own, other }) => own.reward - other.reward) }),
  }
}
