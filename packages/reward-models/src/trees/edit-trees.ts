import type { BoostedTrees, Tree } from '@prefkit/trees'

/** The model of the first rounds of boosting. */
export const takeRounds = (model: BoostedTrees, rounds: number): BoostedTrees => ({
  ...model,
  trees: model.trees.slice(0, rounds * model.numTreePerIteration),
})

/** The same model whose scores are all so much higher: the first tree takes it, as LightGBM's takes the mean label. */
export function addToScores(model: BoostedTrees, amount: number): BoostedTrees {
  const [first, ...rest] = model.trees
  return first ? { ...model, trees: [shifted(first, amount), ...rest] } : model
}

const shifted = (tree: Tree, amount: number): Tree => ({
  ...tree,
  leafValue: tree.leafValue.map((value) => value + amount),
  internalValue: tree.internalValue.map((value) => value + amount),
  // What scales the tree would scale the shift too: LightGBM says 1 of a tree with a bias.
  shrinkage: 1,
})
