import type { Matrix } from '../data/matrix'
import { goesLeft } from './leaf-of-row'
import { copyPath, countOf, extend, newPaths, type Paths, placeOf, unwind, unwoundSum } from './shap-paths'
import type { Tree } from './tree'

/** Levels above a leaf up to which it has a table, of 2 ** 12 ways then. */
const MOST_LEVELS = 12
/** Rows for each way that pay for working it out. */
const ROWS_OF_A_WAY = 4
/** Rows below which tables are not worth making. */
const FEWEST_ROWS = 64
/** Ways are bits of a number. */
const DEEPEST = 30
/** Numbers in the tables of a tree: 32 MB. */
const MOST_NUMBERS = 2 ** 22

/** The nodes above a leaf, from the root on, the child of each on the way to it, and their columns as a path has them. */
interface Way {
  readonly nodes: readonly number[]
  readonly children: readonly number[]
  readonly columns: readonly number[]
}

function waysToLeaves({ numLeaves, splitFeature, leftChild, rightChild }: Tree): readonly Way[] {
  const ways: Way[] = new Array(numLeaves)
  const pending: { node: number; above: Way }[] = [
    { node: 0, above: { nodes: [], children: [], columns: [] } },
  ]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, above } = next
    const nodes = [...above.nodes, node]
    const column = splitFeature[node]!
    const columns = [...above.columns.filter((one) => one !== column), column]
    for (const child of [leftChild[node]!, rightChild[node]!]) {
      const way = { nodes, children: [...above.children, child], columns }
      if (child < 0) ways[~child] = way
      else pending.push({ node: child, above: way })
    }
  }
  return ways
}

/** Level above each node that looks at the same column; −1 where there is none. */
function levelsBefore({ splitFeature }: Tree, ways: readonly Way[]): Int32Array {
  const before = new Int32Array(splitFeature.length)
  for (const { nodes } of ways) {
    nodes.forEach((node, level) => {
      before[node] = nodes.findLastIndex(
        (other, above) => above < level && splitFeature[other] === splitFeature[node],
      )
    })
  }
  return before
}

/**
 * What leaves add to columns, by the way a row would go: bit `i` says whether the row meets the condition of level `i`, and
 * all above it that look at the same column.
 */
interface Tables {
  readonly tree: Tree
  readonly ways: readonly Way[]
  readonly before: Int32Array
  /** `[leaves]` where a leaf's table begins in `values` and in `isKnown`; without one, `isKnown` is at −1. */
  readonly valuesAt: Int32Array
  readonly knownAt: Int32Array
  readonly values: Float64Array
  readonly isKnown: Uint8Array
  readonly paths: Paths
}

const numbersOf = ({ nodes, columns }: Way) => 2 ** nodes.length * columns.length

/** Levels above leaves that have tables, so that the tables are not too large and not too many ways for the rows. */
function tabledLevels(ways: readonly Way[], rows: number): number {
  let levels = Math.min(MOST_LEVELS, Math.floor(Math.log2(rows / ROWS_OF_A_WAY)))
  const numbers = () =>
    ways.reduce((sum, way) => (way.nodes.length <= levels ? sum + numbersOf(way) : sum), 0)
  while (levels > 0 && numbers() > MOST_NUMBERS) levels--
  return levels
}

/** Empty tables; undefined where so few leaves would have one that going down the tree is faster. */
function newTables(tree: Tree, depth: number, rows: number): Tables | undefined {
  if (depth > DEEPEST || rows < FEWEST_ROWS) return undefined
  const ways = waysToLeaves(tree)
  const levels = tabledLevels(ways, rows)
  if (ways.filter(({ nodes }) => nodes.length <= levels).length * 2 < ways.length) return undefined
  const valuesAt = new Int32Array(ways.length)
  const knownAt = new Int32Array(ways.length).fill(-1)
  let [numbers, known] = [0, 0]
  ways.forEach((way, leaf) => {
    if (way.nodes.length > levels) return
    valuesAt[leaf] = numbers
    knownAt[leaf] = known
    numbers += numbersOf(way)
    known += 2 ** way.nodes.length
  })
  // Leaves without a table share the place behind all tables.
  ways.forEach((_, leaf) => {
    if (knownAt[leaf]! < 0) valuesAt[leaf] = numbers
  })
  return {
    tree,
    ways,
    before: levelsBefore(tree, ways),
    valuesAt,
    knownAt,
    values: new Float64Array(numbers + depth),
    isKnown: new Uint8Array(known),
    paths: newPaths(depth),
  }
}

/** Works out what a leaf adds for rows that go a way, by the very steps of going down to it. */
function workOut({ tree, ways, values, paths }: Tables, leaf: number, bits: number, at: number): void {
  const { nodes, children } = ways[leaf]!
  let [start, length] = [0, 0]
  extend(paths, 0, 0, 1, 1, -1)
  nodes.forEach((node, level) => {
    const column = tree.splitFeature[node]!
    let [zero, last] = [1, length]
    const place = placeOf(paths.feature, start, last, column)
    if (place >= 0) {
      zero = paths.zero[start + place]!
      unwind(paths, start, last, place)
      last -= 1
    }
    const below = start + last + 1
    copyPath(paths, start, below, last + 1)
    start = below
    length = last + 1
    const share = (countOf(tree, children[level]!) / countOf(tree, node)) * zero
    extend(paths, start, length, share, (bits >> level) & 1, column)
  })
  const value = tree.leafValue[leaf]!
  for (let i = 1; i <= length; i++) {
    const weight = unwoundSum(paths, start, length, i)
    values[at + i - 1] = weight * (paths.one[start + i]! - paths.zero[start + i]!) * value
  }
}

function addLeaf(tables: Tables, leaf: number, bits: number, into: Float64Array, base: number): void {
  const { values, isKnown } = tables
  const { columns } = tables.ways[leaf]!
  const known = tables.knownAt[leaf]!
  const at = tables.valuesAt[leaf]! + (known < 0 ? 0 : bits * columns.length)
  if (known < 0 || isKnown[known + bits] === 0) {
    workOut(tables, leaf, bits, at)
    if (known >= 0) isKnown[known + bits] = 1
  }
  for (let i = 0; i < columns.length; i++) into[base + columns[i]!]! += values[at + i]!
}

/** One row on its way. */
interface Row {
  readonly data: Matrix['data']
  offset: number
  readonly into: Float64Array
  base: number
}

function descend(tables: Tables, row: Row, node: number, level: number, bits: number): void {
  if (node < 0) {
    addLeaf(tables, ~node, bits, row.into, row.base)
    return
  }
  const { tree, before } = tables
  const isLeft = goesLeft(tree, node, row.data[row.offset + tree.splitFeature[node]!]!)
  const left = tree.leftChild[node]!
  const right = tree.rightChild[node]!
  const above = before[node]!
  const one = above < 0 ? 1 : (bits >> above) & 1
  descend(tables, row, isLeft ? left : right, level + 1, bits | (one << level))
  descend(tables, row, isLeft ? right : left, level + 1, bits)
}

/**
 * Adds one tree's SHAP values as `treeContributions` does, number for number, where rows are so many that most go ways that
 * others went before: what leaves add is looked up then. False where they are not, and nothing was added.
 */
export function addTabledContributions(
  tree: Tree,
  depth: number,
  { data, rows, columns }: Matrix,
  into: Float64Array,
  stride: number,
): boolean {
  const tables = newTables(tree, depth, rows)
  if (tables === undefined) return false
  const row: Row = { data, offset: 0, into, base: 0 }
  for (let i = 0; i < rows; i++) {
    row.offset = i * columns
    row.base = i * stride
    descend(tables, row, 0, 0, 0)
  }
  return true
}
