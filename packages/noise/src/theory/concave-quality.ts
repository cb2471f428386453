import { differenceGrid, withinQuality } from '../annotators/check-quality-function'
import { checkQuality, type QualityFunction } from '../annotators/quality-annotator'
import { checkNames, checkPositive } from '../check-options'
import { NoiseError } from '../noise-error'

/** Options of {@link checkConcaveQuality}. */
export interface ConcavityOptions {
  /** Largest |Δr| looked at, in units of reward and above 0. Default: 100. */
  maxDelta?: number
}

/** What rounding may take from a straight line. */
const ROUNDING = 1e-12

interface Point {
  readonly delta: number
  readonly value: number
}

const points = (quality: QualityFunction, maxDelta: number): Point[] =>
  Array.from(differenceGrid(maxDelta), (delta) => ({ delta, value: withinQuality(quality(delta), delta) }))

/** Twice the area of the triangle, positive where b lies below the line from a to c. */
const sag = (a: Point, b: Point, c: Point) =>
  (b.delta - a.delta) * (c.value - a.value) - (b.value - a.value) * (c.delta - a.delta)

/** The corners of the smallest concave function above the points. */
function concaveHull(all: readonly Point[]): Point[] {
  const hull: Point[] = []
  for (const point of all) {
    while (hull.length > 1 && sag(hull.at(-2)!, hull.at(-1)!, point) >= 0) hull.pop()
    hull.push(point)
  }
  return hull
}

/** The point farthest below the concave hull, with its two corners and by how much. */
function deepest(all: readonly Point[]): { point: Point; left: Point; right: Point; depth: number } {
  const hull = concaveHull(all)
  let corner = 0
  let worst = { point: all[0]!, left: all[0]!, right: all[0]!, depth: 0 }
  for (const point of all) {
    while (hull[corner + 1]!.delta < point.delta) corner++
    const [left, right] = [hull[corner]!, hull[corner + 1]!]
    const share = (point.delta - left.delta) / (right.delta - left.delta)
    const depth = left.value + share * (right.value - left.value) - point.value
    if (depth > worst.depth) worst = { point, left, right, depth }
  }
  return worst
}

/**
 * Whether ξ is concave on [0, `maxDelta`], as Theorem 11 wants it: never below the line between two of its points, at
 * the same 4,001 differences that `checkQualityFunction` looks at. σ(βΔ), Φ(βΔ) and ½ + ½ tanh(βΔ) are; a ξ with a
 * threshold, or one that starts flat such as ½ + ½ Δ²/(1 + Δ²), is not.
 *
 * Source: 2411.04991, Theorem 11, which asks it of ξ. Proven against its equation.
 *
 * @throws NoiseError `NOT_CONCAVE`, with the three differences that show it; `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function checkConcaveQuality(quality: QualityFunction, options: ConcavityOptions = {}): void {
  checkNames('checkConcaveQuality', options, { maxDelta: true })
  const { maxDelta = 100 } = options
  checkPositive('maxDelta', maxDelta)
  checkQuality(quality)
  const { point, left, right, depth } = deepest(points(quality, maxDelta))
  if (depth <= ROUNDING) return
  const line = `${depth} below the line from delta = ${left.delta} to delta = ${right.delta}`
  const message = `quality is ${point.value} at delta = ${point.delta}, ${line}; expected a concave function`
  throw new NoiseError('NOT_CONCAVE', 'quality', message)
}

/** Whether ξ is concave up to `maxDelta`, without an error if not. Not exported by the package. */
export function isConcave(quality: QualityFunction, maxDelta: number): boolean {
  return deepest(points(quality, maxDelta)).depth <= ROUNDING
}
