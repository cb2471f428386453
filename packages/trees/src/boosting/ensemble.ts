import type { GrownTree } from '../learner/tree-learner'
import type { Tree } from '../model/tree'
import type { BoostingTask } from './boosting-task'
import type { Bag } from './row-sampler'
import { addConstant, addTree, type Scores, scoresOf } from './scores'

/** The trees so far, and the scores they give. */
export interface Ensemble {
  readonly trees: Tree[]
  /** Trees of one iteration. */
  readonly width: number
  /** Iterations of the model that training continues. */
  readonly initialIterations: number
  readonly training: Scores
  readonly validation: readonly Scores[]
}

/** The ensemble before the first iteration. */
export function beginEnsemble({ objective, continueFrom, training, validation }: BoostingTask): Ensemble {
  const trees = [...(continueFrom?.trees ?? [])]
  const width = objective.treesPerIteration
  return {
    trees,
    width,
    initialIterations: trees.length / width,
    training: training.scores,
    validation: validation.map(({ scores }) => scores),
  }
}

/** Adds a constant to every score of tree `k`. */
export function addToAll({ training, validation }: Ensemble, k: number, value: number): void {
  for (const scores of [training, ...validation]) addConstant(scores, k, value)
}

/** Adds a tree to all scores; its leaves know their training rows, but for those out of the bag. */
export function addGrownTree(
  { training, validation }: Ensemble,
  k: number,
  tree: Tree,
  grown: GrownTree,
  bag: Bag | undefined,
): void {
  grown.addTo(scoresOf(training, k), tree.leafValue)
  if (bag) addTree(training, k, tree, bag.rest)
  for (const others of validation) addTree(others, k, tree)
}
