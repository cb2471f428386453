import type { FeatureBins } from '../binning/feature-bins'
import type { FeatureSampler, GrownTree, TreeLearner } from '../learner/tree-learner'
import type { Parameters } from '../parameters/parameters'
import type { PlainBins } from './plain-bins'
import { type Side, sideOutput } from './reference-gain'
import { bestSplit, monotonePenalty, type ReferenceSplit, type SoughtLeaf } from './reference-splits'
import { referenceTree, type TreeNode } from './reference-tree'

/** A leaf, the rows in it, its histograms, and its best split. */
export interface ReferenceLeaf extends SoughtLeaf {
  readonly rows: readonly number[]
  /** What it puts out. */
  readonly output: number
  /** By inner feature; those that were found to have no split are left out below, too. */
  histograms: readonly ({ gradients: Float64Array; hessians: Float64Array } | undefined)[]
  splittable: readonly boolean[]
  best?: ReferenceSplit & { feature: number }
}

interface Growth {
  readonly binned: PlainBins
  readonly parameters: Parameters
  readonly sampler: FeatureSampler
  readonly gradients: Float32Array
  readonly hessians: Float32Array
  /** Features of this tree. */
  readonly ofTree: Uint8Array
}

const binsOf = ({ binned }: Growth, feature: number) => binned.bins[binned.used[feature]!]!

/**
 * Grows trees as LightGBM's serial learner does, by loops over rows and bins that are slow and plain to see: the oracle
 * of the learner that runs.
 *
 * Source: LightGBM, `SerialTreeLearner` and `FeatureHistogram`. Proven against LightGBM 4.7.0
 * (`trees.test.ts`).
 */
export function createReferenceLearner(
  binned: PlainBins,
  parameters: Parameters,
  trees: number,
  sampler: FeatureSampler,
): TreeLearner {
  const { rows } = binned
  const gradients = new Float32Array(trees * rows)
  const hessians = new Float32Array(trees * rows)
  return {
    gradients,
    hessians,
    scores: new Float64Array(trees * rows),
    grow(k, bag) {
      const slice = (values: Float32Array) => values.subarray(k * rows, (k + 1) * rows)
      const ofTree = sampler.nextTree()
      const growth = { binned, parameters, sampler, gradients: slice(gradients), hessians: slice(hessians) }
      return growTree({ ...growth, ofTree }, [...(bag ?? Array(rows).keys())])
    },
  }
}

function growTree(growth: Growth, rows: readonly number[]): GrownTree {
  const { parameters, binned } = growth
  const root = rootOf(growth, rows)
  const leaves = [root]
  const nodes: TreeNode[] = []
  if (isWorthSearching(parameters, [root])) search(growth, root, build(growth, root, undefined))
  while (leaves.length < parameters.num_leaves) {
    const chosen = bestLeaf(leaves, binned.used)
    const leaf = leaves[chosen]!
    if (leaf.best === undefined || leaf.best.gain <= 0) break
    const [left, right] = divide(growth, leaf, leaf.best)
    nodes.push({ leaf: chosen, split: leaf.best, before: leaf, left, right })
    leaves[chosen] = left
    leaves.push(right)
    // The last split's sides are not searched: nothing is drawn for them.
    if (leaves.length < parameters.num_leaves) searchBoth(growth, leaf, left, right)
  }
  return {
    tree: referenceTree(nodes, leaves, binned, parameters.min_gain_to_split),
    rowsOfLeaf: (leaf) => Int32Array.from(leaves[leaf]!.rows),
    addTo(scores, leafValue) {
      for (const [leaf, { rows }] of leaves.entries()) {
        for (const row of rows) scores[row]! += leafValue[leaf]!
      }
    },
  }
}

function rootOf({ gradients, hessians, parameters, binned }: Growth, rows: readonly number[]): ReferenceLeaf {
  let [gradient, hessian] = [0, 0]
  for (const row of rows) {
    gradient += gradients[row]!
    hessian += hessians[row]!
  }
  const side = { gradient, hessian, count: rows.length }
  // The root is not smoothed, and what it would put out stands for its parent.
  const output = sideOutput(side, parameters.lambda_l2, { ...parameters, path_smooth: 0 }, 0)
  return {
    ...side,
    rows,
    output,
    parentOutput: output,
    depth: 0,
    bounds: { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
    histograms: [],
    splittable: binned.codes.map(() => true),
  }
}

const isWorthSearching = ({ max_depth, min_data_in_leaf }: Parameters, leaves: readonly ReferenceLeaf[]) =>
  !(max_depth > 0 && leaves[0]!.depth >= max_depth) &&
  leaves.some(({ count }) => count >= 2 * min_data_in_leaf)

function searchBoth(growth: Growth, parent: ReferenceLeaf, left: ReferenceLeaf, right: ReferenceLeaf): void {
  if (!isWorthSearching(growth.parameters, [left, right])) return
  const [smaller, larger] = left.count < right.count ? [left, right] : [right, left]
  const own = build(growth, smaller, parent)
  const rest = own.map((one, feature) => {
    const whole = parent.histograms[feature]
    if (one === undefined || whole === undefined) return undefined
    return {
      gradients: whole.gradients.map((sum, bin) => sum - one.gradients[bin]!),
      hessians: whole.hessians.map((sum, bin) => sum - one.hessians[bin]!),
    }
  })
  search(growth, smaller, own)
  search(growth, larger, rest)
}

/** Histograms of a leaf, of the features that its parent could have been split on. */
function build(
  growth: Growth,
  leaf: ReferenceLeaf,
  parent: ReferenceLeaf | undefined,
): ReferenceLeaf['histograms'] {
  return growth.binned.codes.map((codes, feature) => {
    if (growth.ofTree[feature] === 0 || parent?.splittable[feature] === false) return undefined
    return histogramOf(growth, leaf, codes, binsOf(growth, feature))
  })
}

/** Sums by bin; those of the most frequent bin are what the others leave of the leaf's. */
function histogramOf(
  { gradients, hessians }: Growth,
  leaf: ReferenceLeaf,
  codes: Uint32Array,
  { numBins, mostFrequentBin }: FeatureBins,
) {
  const sums = { gradients: new Float64Array(numBins), hessians: new Float64Array(numBins) }
  for (const row of leaf.rows) {
    const bin = codes[row]!
    if (bin === mostFrequentBin) continue
    sums.gradients[bin]! += gradients[row]!
    sums.hessians[bin]! += hessians[row]!
  }
  let [gradient, hessian] = [leaf.gradient, leaf.hessian]
  for (let bin = 0; bin < numBins; bin++) {
    if (bin === mostFrequentBin) continue
    gradient -= sums.gradients[bin]!
    hessian -= sums.hessians[bin]!
  }
  sums.gradients[mostFrequentBin] = gradient
  sums.hessians[mostFrequentBin] = hessian
  return sums
}

/** Finds the best split of a leaf. */
function search(growth: Growth, leaf: ReferenceLeaf, histograms: ReferenceLeaf['histograms']): void {
  const { parameters, binned, sampler } = growth
  const allowed = sampler.nextNode?.()
  const constrained = parameters.monotone_constraints.length > 0
  const splits = histograms.map((histogram, feature) => {
    if (histogram === undefined) return undefined
    const bins = binsOf(growth, feature)
    const sign =
      bins.kind === 'categorical' ? 0 : (parameters.monotone_constraints[binned.used[feature]!] ?? 0)
    const split = bestSplit({ ...histogram, bins, leaf, parameters, sign, constrained })
    if (split === undefined || sign === 0) return split
    return { ...split, gain: split.gain * monotonePenalty(leaf.depth, parameters.monotone_penalty) }
  })
  leaf.histograms = histograms
  leaf.splittable = splits.map((split) => split !== undefined)
  for (const [feature, split] of splits.entries()) {
    if (split === undefined || allowed?.[feature] === 0) continue
    if (leaf.best === undefined || split.gain > leaf.best.gain) leaf.best = { ...split, feature }
  }
}

/** The leaf with the largest gain; of equals that of the first column, then the first leaf. */
function bestLeaf(leaves: readonly ReferenceLeaf[], used: Int32Array): number {
  const rank = ({ best }: ReferenceLeaf) =>
    best
      ? { gain: best.gain, column: used[best.feature]! }
      : { gain: Number.NEGATIVE_INFINITY, column: Infinity }
  let chosen = 0
  leaves.forEach((leaf, i) => {
    const [one, other] = [rank(leaf), rank(leaves[chosen]!)]
    if (one.gain > other.gain || (one.gain === other.gain && one.column < other.column)) chosen = i
  })
  return chosen
}

function goesLeft(
  { kind, missing, defaultBin, numBins }: FeatureBins,
  split: ReferenceSplit,
  bin: number,
): boolean {
  if (kind === 'categorical') return split.categories.includes(bin)
  const isMissing = (missing === 'zero' && bin === defaultBin) || (missing === 'nan' && bin === numBins - 1)
  return isMissing ? split.defaultLeft : bin <= split.threshold
}

function divide(
  growth: Growth,
  leaf: ReferenceLeaf,
  split: ReferenceSplit & { feature: number },
): [ReferenceLeaf, ReferenceLeaf] {
  const bins = binsOf(growth, split.feature)
  const codes = growth.binned.codes[split.feature]!
  const isLeft = (row: number) => goesLeft(bins, split, codes[row]!)
  const column = growth.binned.used[split.feature]!
  const sign = bins.kind === 'categorical' ? 0 : (growth.parameters.monotone_constraints[column] ?? 0)
  const middle = (split.leftOutput + split.rightOutput) / 2
  const { low, high } = leaf.bounds
  const below = { low, high: Math.min(high, middle) }
  const above = { low: Math.max(low, middle), high }
  const [leftBounds, rightBounds] =
    sign > 0 ? [below, above] : sign < 0 ? [above, below] : [leaf.bounds, leaf.bounds]
  const child = (rows: readonly number[], side: Side, output: number, bounds: typeof leaf.bounds) => ({
    ...side,
    count: rows.length,
    rows,
    output,
    parentOutput: output,
    depth: leaf.depth + 1,
    bounds,
    histograms: [],
    splittable: [],
  })
  return [
    child(leaf.rows.filter(isLeft), split.left, split.leftOutput, leftBounds),
    child(
      leaf.rows.filter((row) => !isLeft(row)),
      split.right,
      split.rightOutput,
      rightBounds,
    ),
  ]
}
