import type { FeatureBins } from '../binning/feature-bins'
import { EPSILON } from '../epsilon'
import type { Parameters } from '../parameters/parameters'
import { type Bounds, gainGivenOutput, type Side, sideGain, sideOutput, splitGain } from './reference-gain'

/** A leaf whose splits are sought. */
export interface SoughtLeaf {
  readonly gradient: number
  readonly hessian: number
  readonly count: number
  readonly depth: number
  readonly parentOutput: number
  readonly bounds: Bounds
}

/** LightGBM's SplitInfo. */
export interface ReferenceSplit {
  readonly gain: number
  /** Last bin that goes left; −1 for categories. */
  readonly threshold: number
  readonly defaultLeft: boolean
  /** Bins that go left, for categories. */
  readonly categories: readonly number[]
  readonly left: Side
  readonly right: Side
  readonly leftOutput: number
  readonly rightOutput: number
}

/** One column's histogram in a leaf, and all that a search of it needs. */
export interface Search {
  /** `[bins]` sums; where bin 0 is the most frequent its entry is not kept, as in LightGBM. */
  readonly gradients: Float64Array
  readonly hessians: Float64Array
  readonly bins: FeatureBins
  readonly leaf: SoughtLeaf
  readonly parameters: Parameters
  readonly sign: number
  readonly constrained: boolean
}

interface Candidate {
  readonly gain: number
  readonly left: Side
  readonly threshold: number
  readonly categories: readonly number[]
}

const totalOf = ({ leaf }: Search): Side => ({
  gradient: leaf.gradient,
  hessian: leaf.hessian + 2 * EPSILON,
  count: leaf.count,
})

const minus = (total: Side, side: Side): Side => ({
  gradient: total.gradient - side.gradient,
  hessian: total.hessian - side.hessian,
  count: total.count - side.count,
})

const plusBin = (search: Search, side: Side, bin: number): Side => ({
  gradient: side.gradient + search.gradients[bin]!,
  hessian: side.hessian + search.hessians[bin]!,
  count: side.count + countOf(search, bin),
})

/** Rows of a bin, guessed from its Hessians. */
function countOf(search: Search, bin: number): number {
  const total = totalOf(search)
  return Math.trunc(search.hessians[bin]! * (total.count / total.hessian) + 0.5)
}

const isSmall = ({ count, hessian }: Side, { min_data_in_leaf, min_sum_hessian_in_leaf }: Parameters) =>
  count < min_data_in_leaf || hessian < min_sum_hessian_in_leaf

const boundsOf = ({ constrained, leaf }: Search) => (constrained ? leaf.bounds : undefined)

const gainOf = (search: Search, left: Side, right: Side, l2: number, sign: number) =>
  splitGain(left, right, l2, search.parameters, search.leaf.parentOutput, boundsOf(search), sign)

const none: Side = { gradient: 0, hessian: EPSILON, count: 0 }

interface Scan {
  readonly reverse: boolean
  readonly skipDefault: boolean
  readonly naLast: boolean
}

/** Bins in the order of a scan, each with the side that grows after it was added. */
function* sides(
  search: Search,
  { reverse, skipDefault, naLast }: Scan,
): Generator<{ bin: number; grown: Side }> {
  const { numBins, defaultBin, mostFrequentBin } = search.bins
  const offset = mostFrequentBin === 0 ? 1 : 0
  let grown = none
  if (reverse) {
    for (let bin = numBins - 1 - (naLast ? 1 : 0); bin >= 1; bin--) {
      if (skipDefault && bin === defaultBin) continue
      grown = plusBin(search, grown, bin)
      yield { bin, grown }
    }
    return
  }
  if (naLast && offset === 1) {
    const total = totalOf(search)
    grown = { ...total, hessian: total.hessian - EPSILON }
    for (let bin = 1; bin < numBins; bin++) {
      grown = {
        gradient: grown.gradient - search.gradients[bin]!,
        hessian: grown.hessian - search.hessians[bin]!,
        count: grown.count - countOf(search, bin),
      }
    }
    yield { bin: 0, grown }
  }
  for (let bin = offset; bin <= numBins - 2; bin++) {
    if (skipDefault && bin === defaultBin) continue
    grown = plusBin(search, grown, bin)
    yield { bin, grown }
  }
}

function scanThresholds(search: Search, scan: Scan, shift: number): Candidate | undefined {
  const { parameters, sign } = search
  const total = totalOf(search)
  let best: Candidate | undefined
  for (const { bin, grown } of sides(search, scan)) {
    if (isSmall(grown, parameters)) continue
    const other = minus(total, grown)
    if (isSmall(other, parameters)) break
    const [left, right] = scan.reverse ? [other, grown] : [grown, other]
    const gain = gainOf(search, left, right, parameters.lambda_l2, sign)
    if (gain <= shift || gain <= (best?.gain ?? Number.NEGATIVE_INFINITY) || Number.isNaN(gain)) continue
    const { low, high } = search.leaf.bounds
    if (search.constrained && low > high) continue
    best = { gain, left, threshold: scan.reverse ? bin - 1 : bin, categories: [] }
  }
  return best
}

function asSplit(
  search: Search,
  { gain, left, threshold, categories }: Candidate,
  l2: number,
  shift: number,
  defaultLeft: boolean,
): ReferenceSplit {
  const { parameters, leaf } = search
  const right = minus(totalOf(search), left)
  const output = (side: Side) => sideOutput(side, l2, parameters, leaf.parentOutput, boundsOf(search))
  const without = (side: Side) => ({ ...side, hessian: side.hessian - EPSILON })
  return {
    gain: gain - shift,
    threshold,
    defaultLeft,
    categories,
    left: without(left),
    right: without(right),
    leftOutput: output(left),
    rightOutput: output(right),
  }
}

function scansOf({ numBins, missing }: FeatureBins): readonly Scan[] {
  if (numBins <= 2 || missing === 'none') return [{ reverse: true, skipDefault: false, naLast: false }]
  const how = { skipDefault: missing === 'zero', naLast: missing === 'nan' }
  return [
    { reverse: true, ...how },
    { reverse: false, ...how },
  ]
}

function bestThreshold(search: Search): ReferenceSplit | undefined {
  const { parameters, bins, leaf } = search
  const { lambda_l2 } = parameters
  const shift =
    sideGain(totalOf(search), lambda_l2, parameters, leaf.parentOutput) + parameters.min_gain_to_split
  const scans = scansOf(bins)
  let split: ReferenceSplit | undefined
  for (const scan of scans) {
    const found = scanThresholds(search, scan, shift)
    if (!found || !(found.gain > (split?.gain ?? Number.NEGATIVE_INFINITY) + shift)) continue
    const isLast = scans.length === 1 && bins.missing === 'nan'
    split = asSplit(search, found, lambda_l2, shift, scan.reverse && !isLast)
  }
  return split
}

function* oneCategory(search: Search): Generator<{ left: Side; right: Side; categories: number[] }> {
  const total = totalOf(search)
  for (let bin = 1; bin < search.bins.numBins; bin++) {
    const own = {
      gradient: search.gradients[bin]!,
      hessian: search.hessians[bin]!,
      count: countOf(search, bin),
    }
    if (isSmall(own, search.parameters)) continue
    const rest = minus(total, own)
    const right = { ...rest, hessian: rest.hessian - EPSILON }
    if (isSmall(right, search.parameters)) continue
    yield { left: { ...own, hessian: own.hessian + EPSILON }, right, categories: [bin] }
  }
}

function* someCategories(search: Search): Generator<{ left: Side; right: Side; categories: number[] }> {
  const { parameters, gradients, hessians, bins } = search
  const { cat_smooth, max_cat_threshold, min_data_per_group } = parameters
  const total = totalOf(search)
  const ratio = (bin: number) => gradients[bin]! / (hessians[bin]! + cat_smooth)
  const order = Array.from({ length: bins.numBins - 1 }, (_, i) => i + 1)
    .filter((bin) => countOf(search, bin) >= cat_smooth)
    .sort((a, b) => ratio(a) - ratio(b))
  const most = Math.min(max_cat_threshold, Math.floor((order.length + 1) / 2))
  for (const way of [order, order.slice().reverse()]) {
    let left = none
    let group = 0
    for (let i = 0; i < most; i++) {
      left = plusBin(search, left, way[i]!)
      group += countOf(search, way[i]!)
      if (isSmall(left, parameters)) continue
      const right = minus(total, left)
      if (isSmall(right, parameters) || right.count < min_data_per_group) break
      if (group < min_data_per_group) continue
      group = 0
      yield { left, right, categories: way.slice(0, i + 1) }
    }
  }
}

function bestCategories(search: Search): ReferenceSplit | undefined {
  const { parameters, bins, leaf } = search
  const { lambda_l2, cat_l2, path_smooth, min_gain_to_split, max_cat_to_onehot } = parameters
  const total = totalOf(search)
  const before =
    path_smooth > EPSILON
      ? gainGivenOutput(total, lambda_l2, parameters, leaf.parentOutput)
      : sideGain(total, lambda_l2, parameters, 0)
  const shift = before + min_gain_to_split
  const isSingle = bins.numBins <= max_cat_to_onehot
  const l2 = isSingle ? lambda_l2 : lambda_l2 + cat_l2
  let best: Candidate | undefined
  for (const { left, right, categories } of isSingle ? oneCategory(search) : someCategories(search)) {
    // LightGBM adds the gain of the others first where one category is split off.
    const gain = isSingle ? gainOf(search, right, left, l2, 0) : gainOf(search, left, right, l2, 0)
    if (!(gain > shift) || !(gain > (best?.gain ?? Number.NEGATIVE_INFINITY))) continue
    best = { gain, left, threshold: -1, categories }
  }
  return best && asSplit(search, best, l2, shift, false)
}

/** The best split of a column in a leaf; nothing where none gains enough. */
export const bestSplit = (search: Search): ReferenceSplit | undefined =>
  search.bins.kind === 'categorical' ? bestCategories(search) : bestThreshold(search)

/** What the gain of a monotone column's split is multiplied by. */
export function monotonePenalty(depth: number, penalty: number): number {
  if (penalty >= depth + 1) return EPSILON
  if (penalty <= 1) return 1 - penalty / 2 ** depth + EPSILON
  return 1 - 2 ** (penalty - 1 - depth) + EPSILON
}
