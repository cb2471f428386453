import type { Matrix } from '../data/matrix'
import { leafOfRow } from './leaf-of-row'
import { leafOutput } from './leaf-output'
import { packTrees } from './pack-trees'
import { newPaths, scoreBlock } from './score-block'
import type { Tree } from './tree'

/** Rows up to which one walk for each row and tree costs less than packing the trees. */
const fewRows = 64
/** Numbers of a block: what stays in a core's second-level cache. */
const blockSize = 2 ** 17
const smallestBlock = 256
const largestBlock = 2048
/** Columns of a block are so many numbers more apart, or all of them would fall into the same few lines of the cache. */
const apart = 8

const capacityFor = (columns: number): number =>
  Math.min(Math.max(2 ** Math.floor(Math.log2(blockSize / (columns + 1))), smallestBlock), largestBlock) +
  apart

function scoreRowByRow(
  trees: readonly Tree[],
  classes: number,
  { data, rows, columns }: Matrix,
  scores: Float64Array,
) {
  trees.forEach((tree, t) => {
    const k = t % classes
    for (let row = 0; row < rows; row++) {
      const offset = row * columns
      scores[row * classes + k]! += leafOutput(tree, leafOfRow(tree, data, offset), data, offset)
    }
  })
}

/**
 * Copies rows of a matrix into a block, column by column. Four rows at a time, so that neighbours in the block are written
 * together: a row alone is half as fast.
 */
function fillBlock(
  { data, columns: width }: Matrix,
  first: number,
  rows: number,
  columns: Int32Array,
  capacity: number,
  values: Float64Array,
): void {
  const fours = rows - (rows % 4)
  for (let row = 0; row < fours; row += 4) {
    const a = (first + row) * width
    const [b, c, d] = [a + width, a + 2 * width, a + 3 * width]
    for (let slot = 0; slot < columns.length; slot++) {
      const column = columns[slot]!
      const at = slot * capacity + row
      values[at] = data[a + column]!
      values[at + 1] = data[b + column]!
      values[at + 2] = data[c + column]!
      values[at + 3] = data[d + column]!
    }
  }
  for (let row = fours; row < rows; row++) {
    const a = (first + row) * width
    for (let slot = 0; slot < columns.length; slot++) {
      values[slot * capacity + row] = data[a + columns[slot]!]!
    }
  }
}

function scoreByBlocks(trees: readonly Tree[], classes: number, matrix: Matrix, scores: Float64Array): void {
  const packed = packTrees(trees)
  const used = packed.columns.length
  const capacity = capacityFor(used)
  const values = new Float64Array(used * capacity)
  const blockScores = Array.from({ length: classes }, () => new Float64Array(capacity))
  const paths = newPaths(capacity, packed.depth)
  for (let first = 0; first < matrix.rows; first += capacity) {
    const rows = Math.min(capacity, matrix.rows - first)
    fillBlock(matrix, first, rows, packed.columns, capacity, values)
    for (const ofClass of blockScores) ofClass.fill(0)
    scoreBlock(packed, values, capacity, rows, blockScores, paths)
    blockScores.forEach((ofClass, k) => {
      for (let row = 0; row < rows; row++) scores[(first + row) * classes + k] = ofClass[row]!
    })
  }
}

/**
 * Sums trees for each row: `[rows × classes]`, tree `t` being of class `t % classes`. Each score is summed in the order
 * of the trees, so it is the same to the last bit however it is done.
 */
export function addRawScores(
  trees: readonly Tree[],
  classes: number,
  matrix: Matrix,
  scores: Float64Array,
): void {
  const plain = trees.every((tree) => tree.linear === undefined)
  const add = plain && matrix.rows > fewRows ? scoreByBlocks : scoreRowByRow
  add(trees, classes, matrix, scores)
}
