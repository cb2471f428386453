import { EPSILON } from '../epsilon'
import type { Tree } from '../model/tree'
import type { Objective } from '../objectives/objective'
import { roundedToZero } from '../zero-threshold'
import { createBagging } from './bagging'
import type { BoostingTask } from './boosting-task'
import { addBias, constantTree, shrinkTree } from './change-tree'
import { createDart } from './dart'
import { addGrownTree, addToAll, type Ensemble } from './ensemble'
import { createGoss } from './goss'
import type { Bag, RowSampler } from './row-sampler'
import { scoresOf } from './scores'

/** What one iteration did. */
export interface Iteration {
  /** Leaves of each tree. */
  readonly leaves: readonly number[]
  /** False where no tree found a split, and none was added. */
  readonly grew: boolean
  /** Whether another try may find one, as other rows or columns may be drawn. */
  readonly mayGrow: boolean
}

/** What an iteration of boosting does beside growing trees. */
export interface IterationHooks {
  /** Before gradients are computed. */
  begin(): void
  /** What the iteration's trees are multiplied by. */
  shrinkage(): number
  /** After the iteration's trees were added. */
  end(): void
  /** When the iteration added no tree. */
  cancel(): void
  /** Whether an iteration that found no split may find one when tried again. */
  readonly isRandom: boolean
}

const plain = (learningRate: number): IterationHooks => ({
  begin() {},
  shrinkage: () => learningRate,
  end() {},
  cancel() {},
  isRandom: false,
})

/** The rows of each tree, as the parameters say. */
export function createRowSampler({ parameters, data }: BoostingTask): RowSampler {
  const isGoss = parameters.data_sample_strategy === 'goss'
  return isGoss ? createGoss(parameters, data.features.rows) : createBagging(parameters, data)
}

/** Sets leaf values anew from their rows, where the objective does. */
export function renewLeaves(
  tree: Tree,
  rowsOfLeaf: (leaf: number) => Int32Array,
  objective: Objective,
  scores: Float64Array,
): Tree {
  if (!objective.renewLeaf) return tree
  const values = Array.from({ length: tree.numLeaves }, (_, leaf) =>
    roundedToZero(objective.renewLeaf!(rowsOfLeaf(leaf), scores)),
  )
  return { ...tree, leafValue: Float64Array.from(values) }
}

/** The scores that boosting begins with: the labels' mean or what the objective has instead, where asked for. */
function beginFromAverage(task: BoostingTask, ensemble: Ensemble, isWanted: boolean): number[] {
  const { objective, parameters } = task
  const none = Array.from({ length: ensemble.width }, () => 0)
  if (ensemble.trees.length > 0 || ensemble.training.given || parameters.objective === 'custom') return none
  if (!isWanted) return none
  return none.map((_, k) => {
    const score = objective.boostFromScore(k)
    // Scores nearer to 0 are none, to LightGBM.
    if (!(Math.abs(score) > EPSILON)) return 0
    addToAll(ensemble, k, score)
    return score
  })
}

/** The value of a tree that found no split: the score to begin with in the first iteration, else nothing. */
function constantValue(task: BoostingTask, ensemble: Ensemble, k: number, bias: number): number {
  const { parameters, objective, features } = task
  if (ensemble.trees.length >= ensemble.width) return 0
  const isAverageTaken = parameters.boost_from_average || features === 0
  if (parameters.objective === 'custom' || isAverageTaken || ensemble.training.given) return bias
  const score = objective.boostFromScore(k)
  addToAll(ensemble, k, score)
  return score
}

function growTree(
  task: BoostingTask,
  ensemble: Ensemble,
  k: number,
  bag: Bag | undefined,
  bias: number,
  shrinkage: number,
): Tree {
  const { objective, learner, features, data } = task
  const canGrow = objective.needsTraining(k) && features > 0 && bag?.rows.length !== 0
  const grown = canGrow ? learner.grow(k, bag?.rows) : undefined
  if (grown === undefined || grown.tree.numLeaves <= 1) {
    return constantTree(constantValue(task, ensemble, k, bias), data.features.rows)
  }
  const rowsOfLeaf = (leaf: number) => grown.rowsOfLeaf(leaf)
  const renewed = renewLeaves(grown.tree, rowsOfLeaf, objective, scoresOf(ensemble.training, k))
  const tree = shrinkTree(renewed, shrinkage)
  addGrownTree(ensemble, k, tree, grown, bag)
  return Math.abs(bias) > EPSILON ? addBias(tree, bias) : tree
}

/**
 * One iteration of gradient boosting after another: gradients at the scores so far, rows drawn, a tree for each class.
 *
 * Source: LightGBM, `GBDT::TrainOneIter`. Proven against LightGBM 4.7.0 (`trees.test.ts`).
 */
export function createGbdt(task: BoostingTask, ensemble: Ensemble): () => Iteration {
  const { parameters, objective, learner, features } = task
  const { trees, width, training } = ensemble
  const isDart = parameters.boosting === 'dart'
  const hooks = isDart ? createDart(parameters, ensemble) : plain(parameters.learning_rate)
  const sampler = createRowSampler(task)
  const drawsFeatures = parameters.feature_fraction < 1 || parameters.feature_fraction_bynode < 1
  let iteration = 0
  return () => {
    const biases = beginFromAverage(task, ensemble, parameters.boost_from_average || features === 0)
    hooks.begin()
    const { gradients, hessians } = learner
    objective.computeGradients(training.values, gradients, hessians)
    const bag = sampler.draw(iteration, gradients, hessians)
    const leaves: number[] = []
    for (let k = 0; k < width; k++) {
      const tree = growTree(task, ensemble, k, bag, biases[k]!, hooks.shrinkage())
      trees.push(tree)
      leaves.push(tree.numLeaves)
    }
    const grew = leaves.some((count) => count > 1)
    // A first iteration without split adds the average after all, from which gradients are others.
    const isMoved = trees.length === width && !parameters.boost_from_average && !training.given
    const isDrawn = drawsFeatures || hooks.isRandom || objective.isRandom || sampler.isRandom(iteration)
    const mayGrow = features > 0 && (isMoved || isDrawn === true)
    if (grew) {
      hooks.end()
      iteration++
      return { leaves, grew, mayGrow: true }
    }
    if (trees.length > width) trees.length -= width
    hooks.cancel()
    return { leaves, grew, mayGrow }
  }
}
