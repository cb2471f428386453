import type { Tree } from '../model/tree'
import { roundedToZero } from '../zero-threshold'

/** A tree whose values are multiplied, and which remembers by what. */
export const shrinkTree = (tree: Tree, rate: number): Tree => ({
  ...tree,
  leafValue: tree.leafValue.map((value) => roundedToZero(value * rate)),
  internalValue: tree.internalValue.map((value) => roundedToZero(value * rate)),
  shrinkage: tree.shrinkage * rate,
})

/** A tree whose values have the score added that boosting began with. */
export const addBias = (tree: Tree, bias: number): Tree => ({
  ...tree,
  leafValue: tree.leafValue.map((value) => roundedToZero(value + bias)),
  internalValue: tree.internalValue.map((value) => roundedToZero(value + bias)),
  shrinkage: 1,
})

/** A tree of one leaf. */
export const constantTree = (value: number, rows: number): Tree => ({
  numLeaves: 1,
  splitFeature: new Int32Array(),
  splitGain: new Float32Array(),
  threshold: new Float64Array(),
  decisionType: new Uint8Array(),
  leftChild: new Int32Array(),
  rightChild: new Int32Array(),
  leafValue: Float64Array.of(value),
  leafWeight: Float64Array.of(0),
  leafCount: Int32Array.of(rows),
  internalValue: new Float64Array(),
  internalWeight: new Float64Array(),
  internalCount: new Int32Array(),
  catBoundaries: new Int32Array(),
  catThreshold: new Uint32Array(),
  shrinkage: 1,
})
