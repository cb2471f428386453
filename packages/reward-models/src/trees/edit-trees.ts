import { type BoostedTrees, readModel, type Tree, writeModel } from '@prefkit/trees'

/** The model of the first rounds of boosting. */
export const takeRounds = (model: BoostedTrees, rounds: number): BoostedTrees => ({
  ...model,
  trees: model.trees.slice(0, rounds * model.numTreePerIteration),
})

/** The same model whose scores are all so much higher: the first tree takes it, as LightGBM's takes the mean label. */
export function addToScores(model: BoostedTrees, amount: number): BoostedTrees {
  if (model.trees.length === 0) return model
  return { ...model, trees: [shifted(keptInFile(model), amount), ...model.trees.slice(1)] }
}

/** The first tree, as read back from its text: values of inner nodes have fewer digits there, and training may go on from it. */
const keptInFile = (model: BoostedTrees): Tree => readModel(writeModel(model, { numIteration: 1 })).trees[0]!

const shifted = (tree: Tree, amount: number): Tree => ({
  ...tree,
  leafValue: tree.leafValue.map((value) => value + amount),
  internalValue: tree.internalValue.map((value) => value + amount),
  // What scales the tree would scale the shift too: LightGBM says 1 of a tree with a bias.
  shrinkage: 1,
})
