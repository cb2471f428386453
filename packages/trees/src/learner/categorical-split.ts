import { EPSILON } from '../epsilon'
import {
  bounded,
  gainOfOutput,
  leafGain,
  leafOutput,
  type OutputBounds,
  type OutputSettings,
} from './leaf-output'
import type { Split } from './split'

/** LightGBM's parameters of categorical splits. */
export interface CategoricalSettings extends OutputSettings {
  readonly min_data_in_leaf: number
  readonly min_sum_hessian_in_leaf: number
  readonly min_gain_to_split: number
  readonly min_data_per_group: number
  readonly max_cat_threshold: number
  readonly max_cat_to_onehot: number
  readonly cat_l2: number
  readonly cat_smooth: number
  /** Whether some feature is monotone: outputs have bounds then. */
  readonly constrained: boolean
}

/** A leaf's sums, and what its sides may put out. */
export interface CategoricalLeaf extends OutputBounds {
  readonly gradient: number
  readonly hessian: number
  readonly count: number
  readonly parentOutput: number
}

/** One side of a division. */
interface Side {
  readonly gradient: number
  readonly hessian: number
  readonly count: number
}

interface Candidate {
  readonly gain: number
  readonly left: Side
  /** Bins that go left. */
  readonly bins: () => number[]
}

/**
 * The best way to send some categories left: one alone where there are few, else the first or last of them in the order of
 * gradient over Hessian.
 * @param histogram `[bins × 2]` sums of gradients and of Hessians by bin; bin 0 is for unknown categories.
 * @returns nothing where no division is worth making.
 */
export function findCategoricalSplit(
  histogram: Float64Array,
  feature: number,
  leaf: CategoricalLeaf,
  settings: CategoricalSettings,
): Split | undefined {
  const bins = histogram.length / 2
  const isOneHot = bins <= settings.max_cat_to_onehot
  const total = { gradient: leaf.gradient, hessian: leaf.hessian + 2 * EPSILON, count: leaf.count }
  const { candidates, l2 } = isOneHot
    ? { candidates: oneAgainstRest(histogram, total, settings), l2: settings.lambda_l2 }
    : { candidates: orderedSubsets(histogram, total, settings), l2: settings.lambda_l2 + settings.cat_l2 }
  const best = bestOf(candidates, total, leaf, settings, { ...settings, lambda_l2: l2 })
  return best && asSplit(best, feature, total, leaf, { ...settings, lambda_l2: l2 })
}

const countOf = (hessian: number, total: Side): number =>
  Math.trunc(hessian * (total.count / total.hessian) + 0.5)

const rest = (total: Side, side: Side): Side => ({
  gradient: total.gradient - side.gradient,
  hessian: total.hessian - side.hessian,
  count: total.count - side.count,
})

const isTooSmall = (
  side: Side,
  { min_data_in_leaf, min_sum_hessian_in_leaf }: CategoricalSettings,
): boolean => side.count < min_data_in_leaf || side.hessian < min_sum_hessian_in_leaf

/** What is found by trying: the sides in the order in which LightGBM adds up their gains. */
interface Trial {
  readonly first: Side
  readonly second: Side
  readonly left: Side
  readonly bins: () => number[]
}

function* oneAgainstRest(
  histogram: Float64Array,
  total: Side,
  settings: CategoricalSettings,
): Generator<Trial> {
  for (let bin = 1; bin < histogram.length / 2; bin++) {
    const [gradient, hessian] = [histogram[2 * bin]!, histogram[2 * bin + 1]!]
    const count = countOf(hessian, total)
    if (isTooSmall({ gradient, hessian, count }, settings)) continue
    const other = {
      gradient: total.gradient - gradient,
      hessian: total.hessian - hessian - EPSILON,
      count: total.count - count,
    }
    if (isTooSmall(other, settings)) continue
    const left = { gradient, hessian: hessian + EPSILON, count }
    yield { first: other, second: left, left, bins: () => [bin] }
  }
}

function* orderedSubsets(
  histogram: Float64Array,
  total: Side,
  settings: CategoricalSettings,
): Generator<Trial> {
  const order = binsInOrder(histogram, total, settings)
  const most = Math.min(settings.max_cat_threshold, (order.length + 1) >> 1)
  for (const ordered of [order, order.toReversed()]) {
    let left: Side = { gradient: 0, hessian: EPSILON, count: 0 }
    let group = 0
    for (let i = 0; i < ordered.length && i < most; i++) {
      const bin = ordered[i]!
      const hessian = histogram[2 * bin + 1]!
      const count = countOf(hessian, total)
      left = {
        gradient: left.gradient + histogram[2 * bin]!,
        hessian: left.hessian + hessian,
        count: left.count + count,
      }
      group += count
      if (isTooSmall(left, settings)) continue
      const right = rest(total, left)
      if (isTooSmall(right, settings) || right.count < settings.min_data_per_group) break
      if (group < settings.min_data_per_group) continue
      group = 0
      yield { first: left, second: right, left, bins: () => ordered.slice(0, i + 1) }
    }
  }
}

/** Bins with enough rows, by gradient over Hessian. */
function binsInOrder(histogram: Float64Array, total: Side, { cat_smooth }: CategoricalSettings): number[] {
  const ratio = (bin: number): number => histogram[2 * bin]! / (histogram[2 * bin + 1]! + cat_smooth)
  return Array.from({ length: histogram.length / 2 - 1 }, (_, i) => i + 1)
    .filter((bin) => countOf(histogram[2 * bin + 1]!, total) >= cat_smooth)
    .map((bin) => ({ bin, ratio: ratio(bin) }))
    .sort((a, b) => a.ratio - b.ratio)
    .map(({ bin }) => bin)
}

function bestOf(
  trials: Iterable<Trial>,
  total: Side,
  leaf: CategoricalLeaf,
  settings: CategoricalSettings,
  regularised: CategoricalSettings,
): Candidate | undefined {
  const { gradient, hessian, count } = total
  const before =
    settings.path_smooth > EPSILON
      ? gainOfOutput(gradient, hessian, leaf.parentOutput, settings)
      : leafGain(gradient, hessian, count, 0, settings)
  const shift = before + settings.min_gain_to_split
  let best: Candidate | undefined
  let highest = Number.NEGATIVE_INFINITY
  for (const { first, second, left, bins } of trials) {
    const gain = sideGain(first, leaf, regularised) + sideGain(second, leaf, regularised)
    if (!(gain > shift) || !(gain > highest)) continue
    highest = gain
    best = { gain: gain - shift, left, bins }
  }
  return best
}

function sideGain(
  { gradient, hessian, count }: Side,
  leaf: CategoricalLeaf,
  settings: CategoricalSettings,
): number {
  if (!settings.constrained) return leafGain(gradient, hessian, count, leaf.parentOutput, settings)
  const output = leafOutput(gradient, hessian, count, leaf.parentOutput, settings)
  return gainOfOutput(gradient, hessian, bounded(output, leaf), settings)
}

function asSplit(
  { gain, left, bins }: Candidate,
  feature: number,
  total: Side,
  leaf: CategoricalLeaf,
  settings: CategoricalSettings,
): Split {
  const right = rest(total, left)
  const outputOf = ({ gradient, hessian, count }: Side) =>
    bounded(leafOutput(gradient, hessian, count, leaf.parentOutput, settings), leaf)
  return {
    feature,
    gain,
    leftGradient: left.gradient,
    leftHessian: left.hessian - EPSILON,
    rightGradient: right.gradient,
    rightHessian: right.hessian - EPSILON,
    leftOutput: outputOf(left),
    rightOutput: outputOf(right),
    condition: { categories: bins() },
  }
}
