import type { Tree } from './tree'

/** What a leaf adds to the score of the row at `data[offset]`: its value, or that of its linear model. */
export function leafOutput(tree: Tree, leaf: number, data: ArrayLike<number>, offset: number): number {
  const { linear } = tree
  if (linear === undefined) return tree.leafValue[leaf]!
  let output = linear.constants[leaf]!
  for (let term = linear.boundaries[leaf]!; term < linear.boundaries[leaf + 1]!; term++) {
    const value = data[offset + linear.features[term]!]!
    if (Number.isNaN(value)) return tree.leafValue[leaf]!
    output += linear.coefficients[term]! * value
  }
  return output
}
