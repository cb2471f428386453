import type { Tree } from './tree'

/** Levels of a tree below its root: 0 for a tree of one leaf. */
export function treeDepth({ numLeaves, leftChild, rightChild }: Tree): number {
  const depths = new Int32Array(numLeaves)
  const pending = numLeaves > 1 ? [0] : []
  let deepest = 0
  while (pending.length > 0) {
    const node = pending.pop()!
    const depth = depths[node]! + 1
    if (depth > deepest) deepest = depth
    for (const child of [leftChild[node]!, rightChild[node]!]) {
      if (child < 0) continue
      depths[child] = depth
      pending.push(child)
    }
  }
  return deepest
}
