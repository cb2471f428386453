import {
  checkColumns,
  checkFinite,
  checkList,
  checkNotEmpty,
  checkOptions,
  checkRange,
  checkSameLength,
} from './check-input'
import { EvalsError } from './evals-error'

/**
 * A function that never falls: straight between its thresholds, level before the first and after the last. Plain JSON.
 */
export interface IsotonicFunction {
  /** Where the function bends, rising strictly. */
  x: number[]
  /** Its values there, never falling. */
  y: number[]
}

/** What {@link fitIsotonic} fits: columns with an entry for each point. */
export interface IsotonicPoints {
  /** Where the points are, finite. */
  readonly x: ArrayLike<number>
  /** Their values, finite. */
  readonly y: ArrayLike<number>
  /** How much each counts, ≥ 0. Default: 1 each. */
  readonly weights?: ArrayLike<number> | undefined
}

interface Block {
  /** Smallest and largest x of the block. */
  from: number
  to: number
  total: number
  weight: number
}

const meanOf = (block: Block) => block.total / block.weight

/** Rows without weight left out, sorted by x, those of one x taken together. */
function distinctPoints(x: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): Block[] {
  const points: Block[] = []
  const order = Array.from({ length: x.length }, (_, i) => i).sort((i, j) => x[i]! - x[j]!)
  for (const i of order) {
    const weight = weights ? weights[i]! : 1
    if (weight === 0) continue
    const last = points.at(-1)
    if (last && last.to === x[i]!) {
      last.total += weight * y[i]!
      last.weight += weight
    } else points.push({ from: x[i]!, to: x[i]!, total: weight * y[i]!, weight })
  }
  return points
}

/** Pools adjacent violators: a block that is not above the one before it becomes one with it. */
function pool(points: readonly Block[]): Block[] {
  const blocks: Block[] = []
  for (const point of points) {
    let block = point
    for (let last = blocks.at(-1); last && meanOf(last) >= meanOf(block); last = blocks.at(-1)) {
      blocks.pop()
      block = {
        from: last.from,
        to: block.to,
        total: last.total + block.total,
        weight: last.weight + block.weight,
      }
    }
    blocks.push(block)
  }
  return blocks
}

/**
 * Isotonic regression: the function that never falls and is nearest to the points by weighted squares.
 *
 * Pools adjacent violators, points of equal x first taken together by their weighted mean; between blocks the function
 * is straight, as scikit-learn's `IsotonicRegression(out_of_bounds="clip")`. For calibration, x are scores or claimed
 * probabilities and y what came true, 0 or 1 (Zadrozny and Elkan 2002). Evaluate it with {@link isotonicValue}.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function fitIsotonic(points: IsotonicPoints): IsotonicFunction {
  checkOptions('fitIsotonic', points, { x: true, y: true, weights: true })
  const { x, y, weights } = points
  checkNotEmpty('x', x)
  checkSameLength({ x, y, weights })
  checkFinite('x', x)
  checkFinite('y', y)
  if (weights) checkRange('weights', weights, 0, Number.MAX_VALUE)
  const blocks = pool(distinctPoints(x, y, weights))
  if (blocks.length === 0) throw new EvalsError('EMPTY', 'weights', 'weights are all 0; expected one above 0')
  const corners = blocks.flatMap((block) => {
    const value = meanOf(block)
    return block.from === block.to
      ? [[block.from, value]]
      : [
          [block.from, value],
          [block.to, value],
        ]
  })
  return { x: corners.map(([at]) => at!), y: corners.map(([, value]) => value!) }
}

/** Index of the first threshold that is not below `at`; their number where all are. */
function lowerBound(thresholds: readonly number[], at: number): number {
  let [low, high] = [0, thresholds.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (thresholds[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The value of an isotonic function at `at`: linear between thresholds, that of the nearest outside them.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `NOT_FINITE`
 */
export function isotonicValue(isotonic: IsotonicFunction, at: number): number {
  checkColumns('isotonicValue', isotonic)
  const { x, y } = isotonic
  checkNotEmpty('x', x)
  checkList('y', y)
  checkFinite('at', [at])
  const above = lowerBound(x, at)
  if (above === 0) return y[0]!
  if (above === x.length) return y[above - 1]!
  const share = (at - x[above - 1]!) / (x[above]! - x[above - 1]!)
  return y[above - 1]! + share * (y[above]! - y[above - 1]!)
}
