import type { FeaturePart, Objective, RewardModelOptions } from '@prefkit/reward-models'

/** What the demo's models see of a response: its sentence embedding, and its length, vocabulary and punctuation. */
export const demoParts: readonly FeaturePart[] = ['response', 'surface']

/** The settings of the demo's models: linear heads, as 1,000 arguments are too few for hidden layers. */
export const demoModel = (objective: Objective, seed: number): Partial<RewardModelOptions> => ({
  objective,
  hidden: [],
  learningRate: 1e-3,
  weightDecay: 3,
  batchSize: 256,
  epochs: 20,
  validationFraction: 0.15,
  patience: 2,
  seed,
})
