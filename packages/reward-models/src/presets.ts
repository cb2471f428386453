import type { MlpOptions } from './mlp/mlp-options'
import type { RewardModelSettings, TreesSettings } from './options'

const mlp: Partial<MlpOptions> = {
  hidden: [1024, 512],
  activation: 'relu',
  learningRate: 1e-3,
  batchSize: 5120,
  epochs: 30,
  validationFraction: 0.2,
  stopping: 'worseThanEach',
  patience: 3,
  standardize: false,
}

const mlpAuthors: Partial<MlpOptions> = { ...mlp, sampling: 'random', keep: 'last' }

const trees: TreesSettings = { kind: 'trees', epochs: 1000, validationFraction: 0.2 }

/**
 * The models of 2411.04991, under the names it gives them. The MLPs have its network (1024 → 512 → 1, ReLU), Adam at
 * 1e-3, 30 epochs at most, 20 % validation, and its rule of stopping.
 *
 * Its batches are of 10,240 rows: of pairs in both orders for Bradley–Terry, of single responses for classification.
 * Either way that is 5,120 pairs, which is what the presets count in, but for the mirrored `bt-mlp-authors`.
 *
 * `…-mlp-authors` also draw batches and choose weights as the authors' code does. Two things of it are left out. It splits
 * rows, not prompts: the validation rows of its Bradley–Terry are mostly training pairs in the other order, and the
 * same prompts are on both sides; here pairs and prompts (`groups`) stay
 * whole, or the validation loss would say nothing of new pairs. And it splits anew for each member of an ensemble; here the members share one split.
 *
 * The trees have LightGBM's defaults, as there: `clf-trees` is its CLF-LGB with a share held out to stop early at,
 * `clf-trees-authors` is CLF-LGB as the authors' code trains it, 1,000 rounds on all pairs. `bt-trees` is what
 * LightGBM cannot do: the same trees, grown on pairs.
 */
export const rewardModelPresets = {
  /** BT-MLP; each pair once an epoch, the weights of the best epoch. */
  'bt-mlp': { ...mlp, objective: 'bt' },
  /** CLF-MLP: each response classified on its own; each pair once an epoch, the weights of the best epoch. */
  'clf-mlp': { ...mlp, objective: 'clf' },
  /** BT-MLP as the authors' code trains it: pairs in both orders, batches drawn at random, the last weights. */
  'bt-mlp-authors': { ...mlpAuthors, objective: 'bt', mirror: true, batchSize: 10_240 },
  /** CLF-MLP as the authors' code trains it: batches drawn at random (of whole pairs, not responses), the last weights. */
  'clf-mlp-authors': { ...mlpAuthors, objective: 'clf' },
  /** BT-Trees: boosted on pairs, as many rounds as lessen the loss of the pairs held out, 1,000 at most. */
  'bt-trees': { ...trees, objective: 'bt' },
  /** CLF-Trees, the paper's CLF-LGB: responses classified by trees; as many rounds as lessen the loss held out, 1,000 at most. */
  'clf-trees': { ...trees, objective: 'clf' },
  /** CLF-Trees as the authors' code trains it: 1,000 rounds, nothing held out. */
  'clf-trees-authors': { ...trees, objective: 'clf', validationFraction: 0, keep: 'last' },
} as const satisfies Record<string, RewardModelSettings>

/** Name of a preset. */
export type RewardModelPreset = keyof typeof rewardModelPresets
