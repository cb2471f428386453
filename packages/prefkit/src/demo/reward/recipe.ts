import type { FeaturePart, RewardModelSettings } from '@prefkit/reward-models'

/** What the demo's models see of a response: its sentence embedding, and its length, vocabulary and punctuation. */
export const demoParts: readonly FeaturePart[] = ['response', 'surface']

/**
 * Linear heads. Hidden layers gain too little on so few responses to be worth ten times the training time;
 * docs/decisions/0008 has what was tried.
 */
const linear = {
  hidden: [],
  learningRate: 1e-3,
  weightDecay: 3,
  batchSize: 256,
  epochs: 20,
  validationFraction: 0.15,
  patience: 4,
} as const satisfies RewardModelSettings

/** Small trees that see a few columns each; docs/decisions/0016 has what was tried. */
const trees = {
  kind: 'trees',
  epochs: 200,
  validationFraction: 0.15,
  patience: 10,
  trees: { num_leaves: 4, feature_fraction: 0.1 },
} as const satisfies RewardModelSettings

/** The models of the demo: their names in tables, and their settings, which are the same for both data sets. */
export const demoModels = {
  bt: { name: 'Bradley–Terry', settings: { ...linear, objective: 'bt' } },
  clf: { name: 'Classification', settings: { ...linear, objective: 'clf' } },
  'bt-trees': { name: 'BT-Trees', settings: { ...trees, objective: 'bt' } },
  'clf-trees': { name: 'CLF-Trees', settings: { ...trees, objective: 'clf' } },
} as const satisfies Record<string, { readonly name: string; readonly settings: RewardModelSettings }>

/** A model of the demo. */
export type DemoModel = keyof typeof demoModels

/** What they are called, in the order of tables. */
export const demoModelNames = Object.keys(demoModels) as DemoModel[]
