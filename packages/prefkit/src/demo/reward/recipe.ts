import type { FeaturePart, Objective, RewardModelOptions } from '@prefkit/reward-models'

/** What the demo's models see of a response: its sentence embedding, and its length, vocabulary and punctuation. */
export const demoParts: readonly FeaturePart[] = ['response', 'surface']

/**
 * The settings of the demo's models, the same for both data sets and objectives. Hidden layers gain too little on so
 * few responses to be worth ten times the training time; docs/decisions/0008 has what was tried.
 */
export const demoModel = (objective: Objective, seed: number): Partial<RewardModelOptions> => ({
  objective,
  hidden: [],
  learningRate: 1e-3,
  weightDecay: 3,
  batchSize: 256,
  epochs: 20,
  validationFraction: 0.15,
  patience: 4,
  seed,
})
