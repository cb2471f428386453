import { EPSILON } from '../epsilon'
import type { BoostingTask } from './boosting-task'
import { addBias, constantTree } from './change-tree'
import { addGrownTree, addToAll, type Ensemble } from './ensemble'
import { createRowSampler, type Iteration, renewLeaves } from './gbdt'
import type { Bag } from './row-sampler'

function multiplyScores({ training, validation }: Ensemble, k: number, factor: number): void {
  for (const { values, matrix } of [training, ...validation]) {
    for (let i = k * matrix.rows; i < (k + 1) * matrix.rows; i++) values[i]! *= factor
  }
}

/**
 * A random forest: every tree is fitted from the same start on rows or columns of its own, and the score is their mean. A
 * tree without split is the start; LightGBM makes it 0, which draws the mean away from it.
 *
 * Source: LightGBM, `RF`. Proven against LightGBM 4.7.0 (`trees.test.ts`).
 */
export function createRandomForest(task: BoostingTask, ensemble: Ensemble): () => Iteration {
  const { parameters, objective, learner, features, data } = task
  const { rows } = data.features
  const { trees, width } = ensemble
  const isStart = parameters.boost_from_average || features === 0
  const starts = Array.from({ length: width }, (_, k) => (isStart ? objective.boostFromScore(k) : 0))
  const from = new Float64Array(width * rows)
  for (let k = 0; k < width; k++) from.fill(starts[k]!, k * rows, (k + 1) * rows)
  objective.computeGradients(from, learner.gradients, learner.hessians)
  const sampler = createRowSampler(task)
  let iteration = 0

  const grow = (k: number, bag: Bag | undefined) => {
    const canGrow = objective.needsTraining(k) && features > 0 && bag?.rows.length !== 0
    const grown = canGrow ? learner.grow(k, bag?.rows) : undefined
    multiplyScores(ensemble, k, iteration)
    if (grown === undefined || grown.tree.numLeaves <= 1) {
      addToAll(ensemble, k, starts[k]!)
      return constantTree(starts[k]!, rows)
    }
    const rowsOfLeaf = (leaf: number) => grown.rowsOfLeaf(leaf)
    const renewed = renewLeaves(grown.tree, rowsOfLeaf, objective, from.subarray(k * rows, (k + 1) * rows))
    const tree = Math.abs(starts[k]!) > EPSILON ? addBias(renewed, starts[k]!) : renewed
    addGrownTree(ensemble, k, tree, grown, bag)
    return tree
  }

  return () => {
    const bag = sampler.draw(iteration, learner.gradients, learner.hessians)
    const leaves: number[] = []
    for (let k = 0; k < width; k++) {
      const tree = grow(k, bag)
      multiplyScores(ensemble, k, 1 / (iteration + 1))
      trees.push(tree)
      leaves.push(tree.numLeaves)
    }
    iteration++
    return { leaves, grew: true, mayGrow: true }
  }
}
