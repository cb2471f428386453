import type { BinnedFeatures } from '../binning/binned-features'
import type { Engine } from '../kernels/engine'
import type { Parameters } from '../parameters/parameters'
import { checkCategorySets } from './check-category-sets'
import { createGradientPairs, type GradientPairs } from './gradient-pairs'
import { createHistogramSearch, type HistogramSearch, type LeafRows } from './histogram-search'
import type { Leaf } from './leaf'
import { leafOutput } from './leaf-output'
import { createLeafScores, type LeafScores } from './leaf-scores'
import { createRowPartition, type LaneColumn, type RowPartition } from './row-partition'
import { isBetter, type Split } from './split'
import { createTreeBuilder } from './tree-builder'
import type { FeatureSampler, GrownTree, TreeLearner } from './tree-learner'

/**
 * Grows trees leaf by leaf as LightGBM's serial learner does: of all leaves, the one whose best split gains most is split next.
 * Its memory is the engine's, and is never freed before it.
 * @param trees trees of an iteration.
 * @throws TreesError `OUT_OF_MEMORY`; `UNSUPPORTED` for categories whose sets would be huge.
 */
export function createTreeLearner(
  engine: Engine,
  binned: BinnedFeatures,
  parameters: Parameters,
  trees: number,
  sampler: FeatureSampler,
): TreeLearner {
  checkCategorySets(binned)
  const { rows } = binned
  const gradients = engine.allocate(trees * rows * 4)
  const hessians = engine.allocate(trees * rows * 4)
  const scores = engine.allocate(trees * rows * 8)
  // A class that is not trained has no gradients: zeros, not what was in memory before.
  engine.f32(gradients, trees * rows).fill(0)
  engine.f32(hessians, trees * rows).fill(0)
  engine.f64(scores, trees * rows).fill(0)
  const monotone = Array.from(binned.used, (column) => parameters.monotone_constraints[column] ?? 0)
  const constrained = parameters.monotone_constraints.length > 0
  const maxValues = Math.max(1, ...binned.blocks.map(({ values }) => values))
  const partition = createRowPartition(engine, rows, maxValues)
  const pairs = createGradientPairs(engine, rows)
  const addScores = createLeafScores(engine, partition.rows, parameters.num_leaves)
  // When memory grows its buffer is another object, over the same bytes.
  const ownBuffers = new WeakSet<ArrayBufferLike>()
  const search = createHistogramSearch(engine, binned, monotone, { ...parameters, constrained })
  return {
    get gradients() {
      return engine.f32(gradients, trees * rows)
    },
    get hessians() {
      return engine.f32(hessians, trees * rows)
    },
    get scores() {
      const view = engine.f64(scores, trees * rows)
      ownBuffers.add(view.buffer)
      return view
    },
    grow(k, bag) {
      pairs.interleave(gradients + k * rows * 4, hessians + k * rows * 4)
      const tools = { engine, partition, pairs, search, addScores, ownBuffers }
      return growTree({ ...tools, binned, parameters, sampler, monotone }, bag)
    },
  }
}

interface Growth {
  readonly engine: Engine
  readonly binned: BinnedFeatures
  readonly parameters: Parameters
  readonly sampler: FeatureSampler
  readonly partition: RowPartition
  readonly pairs: GradientPairs
  readonly addScores: LeafScores
  /** Of scores that are in the engine's memory. */
  readonly ownBuffers: WeakSet<ArrayBufferLike>
  readonly search: HistogramSearch
  readonly monotone: readonly number[]
}

function growTree(growth: Growth, bag: Int32Array | undefined): GrownTree {
  const { engine, partition, parameters } = growth
  const { root, rows } = beginTree(growth, bag)
  const leaves: Leaf[] = [root]
  const builder = createTreeBuilder(parameters.min_gain_to_split)
  if (root.count >= 2 * parameters.min_data_in_leaf) searchRoot(growth, root, rows)
  while (leaves.length < parameters.num_leaves) {
    const chosen = bestLeaf(leaves)
    const split = leaves[chosen]!.best
    if (split === undefined || split.gain <= 0) break
    const before = leaves[chosen]!
    const { left, right, column } = divide(growth, before, split)
    builder.split(chosen, split, column, growth.binned.bins[column]!, before, left, right)
    leaves[chosen] = left
    leaves.push(right)
    if (leaves.length < parameters.num_leaves) searchChildren(growth, left, right)
  }
  return {
    tree: builder.finish(leaves),
    rowsOfLeaf: (leaf) => engine.i32(partition.rows + leaves[leaf]!.begin * 4, leaves[leaf]!.count),
    addTo: (scores, values) => addToScores(growth, leaves, scores, values),
  }
}

function addToScores(
  { engine, partition, addScores, ownBuffers }: Growth,
  leaves: readonly Leaf[],
  scores: Float64Array,
  values: Float64Array,
): void {
  if (ownBuffers.has(scores.buffer)) {
    addScores(leaves, values, scores.byteOffset)
    return
  }
  for (const [leaf, { begin, count }] of leaves.entries()) {
    for (const row of engine.i32(partition.rows + begin * 4, count)) scores[row]! += values[leaf]!
  }
}

function beginTree({ partition, pairs, search, sampler, parameters }: Growth, bag?: Int32Array) {
  const count = partition.reset(bag)
  search.beginTree(sampler.nextTree())
  const rows: LeafRows = bag
    ? { rows: partition.rows, pairs: pairs.gather(partition.rows, count) }
    : { rows: 0, pairs: pairs.all }
  const sums = pairs.sum(rows.pairs, count)
  // The root has no parent to be smoothed towards.
  const output = leafOutput(sums.gradient, sums.hessian, count, 0, { ...parameters, path_smooth: 0 })
  const bounds = { minimum: Number.NEGATIVE_INFINITY, maximum: Number.POSITIVE_INFINITY }
  const root: Leaf = { begin: 0, count, ...sums, output, depth: 0, ...bounds, slot: -1 }
  return { root, rows }
}

function searchRoot({ search, sampler }: Growth, root: Leaf, rows: LeafRows): void {
  search.search(rows, { leaf: root, parentOutput: root.output, allowed: sampler.nextNode?.() })
}

/** The leaf to be split next; of equals, the one whose feature comes first. */
function bestLeaf(leaves: readonly Leaf[]): number {
  let best = 0
  for (let leaf = 1; leaf < leaves.length; leaf++) {
    const split = leaves[leaf]!.best
    if (split !== undefined && isBetter(split, leaves[best]!.best)) best = leaf
  }
  return best
}

/** Divides the rows of a leaf; its histograms go to the child with more rows. */
function divide({ binned, partition, monotone }: Growth, leaf: Leaf, split: Split) {
  const column = binned.used[split.feature]!
  const lefts = partition.divide(
    leaf.begin,
    leaf.count,
    laneColumn(binned, split.feature),
    split,
    binned.bins[column]!,
  )
  const sign = 'categories' in split.condition ? 0 : monotone[split.feature]!
  const middle = (split.leftOutput + split.rightOutput) / 2
  const { minimum, maximum, depth } = leaf
  const left: Leaf = {
    begin: leaf.begin,
    count: lefts,
    gradient: split.leftGradient,
    hessian: split.leftHessian,
    output: split.leftOutput,
    depth: depth + 1,
    minimum: sign < 0 ? Math.max(minimum, middle) : minimum,
    maximum: sign > 0 ? Math.min(maximum, middle) : maximum,
    slot: -1,
  }
  const right: Leaf = {
    begin: leaf.begin + lefts,
    count: leaf.count - lefts,
    gradient: split.rightGradient,
    hessian: split.rightHessian,
    output: split.rightOutput,
    depth: depth + 1,
    minimum: sign > 0 ? Math.max(minimum, middle) : minimum,
    maximum: sign < 0 ? Math.min(maximum, middle) : maximum,
    slot: -1,
  }
  const larger = left.count < right.count ? right : left
  larger.slot = leaf.slot
  return { left, right, column }
}

function searchChildren(growth: Growth, left: Leaf, right: Leaf): void {
  const { parameters, partition, pairs, search, sampler } = growth
  const { max_depth, min_data_in_leaf } = parameters
  if (max_depth > 0 && left.depth >= max_depth) return
  if (left.count < 2 * min_data_in_leaf && right.count < 2 * min_data_in_leaf) return
  const [smaller, larger] = left.count < right.count ? [left, right] : [right, left]
  const sought = (leaf: Leaf) => ({ leaf, parentOutput: leaf.output, allowed: sampler.nextNode?.() })
  const rows = partition.rows + smaller.begin * 4
  search.search({ rows, pairs: pairs.gather(rows, smaller.count) }, sought(smaller), sought(larger))
}

function laneColumn({ rows, blocks, places }: BinnedFeatures, feature: number): LaneColumn {
  const place = places[feature]!
  const { columns, bytesPerBin, values } = blocks[place.block]!
  return { address: columns + place.lane * rows * bytesPerBin, bytesPerBin, values, place }
}
