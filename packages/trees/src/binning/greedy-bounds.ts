import { ZERO_THRESHOLD } from '../zero-threshold'
import { equalInOrder, nextUp } from './doubles'

/** Distinct values, ascending, and how many rows have each. */
export interface Distinct {
  readonly values: Float64Array
  readonly counts: Int32Array
}

/**
 * Upper bounds of the bins of values, ascending: equal shares of the rows, but a value of many rows has a bin of its own.
 * The last is +∞.
 *
 * Source: LightGBM, src/io/bin.cpp, `GreedyFindBin`. Proven against LightGBM 4.7.0
 * (`binning/find-feature-bins.test.ts`).
 */
function greedyBounds(
  distinct: Distinct,
  from: number,
  to: number,
  maxBin: number,
  rows: number,
  minDataInBin: number,
): number[] {
  const bounds: number[] = []
  const cut = (below: number, above: number): boolean => {
    const bound = nextUp((below + above) / 2)
    const isNew = bounds.length === 0 || !equalInOrder(bounds[bounds.length - 1]!, bound)
    if (isNew) bounds.push(bound)
    return isNew
  }
  const { values } = distinct
  if (to - from <= maxBin)
    cutEverywhere(distinct, from, to, minDataInBin, (i) => cut(values[i]!, values[i + 1]!))
  else
    for (const i of cutsOfShares(distinct, from, to, maxBin, rows, minDataInBin))
      cut(values[i]!, values[i + 1]!)
  bounds.push(Number.POSITIVE_INFINITY)
  return bounds
}

function cutEverywhere(
  { counts }: Distinct,
  from: number,
  to: number,
  minDataInBin: number,
  cutAfter: (i: number) => boolean,
): void {
  let inBin = 0
  for (let i = from; i < to - 1; i++) {
    inBin += counts[i]!
    if (inBin >= minDataInBin && cutAfter(i)) inBin = 0
  }
}

/** Indices of the values after which a bin ends. */
function cutsOfShares(
  { counts }: Distinct,
  from: number,
  to: number,
  maxBin: number,
  rows: number,
  minDataInBin: number,
): number[] {
  const most = Math.max(1, Math.min(maxBin, Math.floor(rows / minDataInBin)))
  const big = rows / most
  let restBins = most
  let restRows = rows
  for (let i = from; i < to; i++) {
    if (counts[i]! < big) continue
    restBins -= 1
    restRows -= counts[i]!
  }
  let share = restRows / restBins
  let inBin = 0
  const cuts: number[] = []
  for (let i = from; i < to - 1 && cuts.length < most - 1; i++) {
    const isBig = counts[i]! >= big
    if (!isBig) restRows -= counts[i]!
    inBin += counts[i]!
    const beforeBig = counts[i + 1]! >= big && inBin >= Math.max(1, share * 0.5)
    if (!(isBig || inBin >= share || beforeBig)) continue
    cuts.push(i)
    inBin = 0
    if (isBig) continue
    restBins -= 1
    share = restRows / restBins
  }
  return cuts
}

/**
 * Upper bounds of bins of which one is for 0 alone; negative and positive values share the others by their rows. The last
 * is +∞.
 *
 * Source: LightGBM, src/io/bin.cpp, `FindBinWithZeroAsOneBin`. Proven against LightGBM 4.7.0
 * (`binning/find-feature-bins.test.ts`).
 */
export function boundsAroundZero(
  distinct: Distinct,
  maxBin: number,
  rows: number,
  minDataInBin: number,
): number[] {
  const { values, counts } = distinct
  const size = values.length
  let negative = 0
  let negativeRows = 0
  while (negative < size && values[negative]! <= -ZERO_THRESHOLD) negativeRows += counts[negative++]!
  let positive = negative
  let zeroRows = 0
  while (positive < size && values[positive]! <= ZERO_THRESHOLD) zeroRows += counts[positive++]!
  let positiveRows = 0
  for (let i = positive; i < size; i++) positiveRows += counts[i]!

  const bounds: number[] = []
  if (negative > 0 && maxBin > 1) {
    const share = Math.trunc((negativeRows / (rows - zeroRows)) * (maxBin - 1))
    bounds.push(...greedyBounds(distinct, 0, negative, Math.max(1, share), negativeRows, minDataInBin))
    bounds[bounds.length - 1] = -ZERO_THRESHOLD
  }
  const rest = maxBin - 1 - bounds.length
  if (positive === size || rest <= 0) return [...bounds, Number.POSITIVE_INFINITY]
  return [
    ...bounds,
    ZERO_THRESHOLD,
    ...greedyBounds(distinct, positive, size, rest, positiveRows, minDataInBin),
  ]
}
