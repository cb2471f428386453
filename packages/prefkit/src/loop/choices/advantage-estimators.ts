import { type GroupRelativeOptions, groupRelativeAdvantages } from '@prefkit/advantages'
import type { ScoredRollout } from '../rewards/reward-function'
import type { AdvantageEstimator } from './advantage-estimator'
import { sequenceRewards } from './sequence-rewards'

/** One number of each rollout, for each of its tokens. */
const spread = (advantages: ArrayLike<number>, rollouts: readonly ScoredRollout[]): Float32Array[] =>
  rollouts.map(({ tokens }, i) => new Float32Array(tokens.length).fill(advantages[i]!))

/** GRPO (2402.03300), and Dr. GRPO with `scale: 'none'`: see `groupRelativeAdvantages`. */
export const groupRelative =
  (options: GroupRelativeOptions = {}): AdvantageEstimator =>
  (inputs) =>
    spread(
      groupRelativeAdvantages(sequenceRewards(inputs), { ...options, groups: inputs.groupSize }),
      inputs.rollouts,
    )
