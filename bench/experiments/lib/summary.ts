import { type MeanInterval, meanInterval } from '@prefkit/evals'
import type { CellResult, Settings } from './store.ts'

/** Results of one arm, by seed. */
export type BySeed<Value> = ReadonlyMap<number, Value>

/** Results by arm, each by seed, in the order of the grid. */
export function byArm<Value>(
  results: readonly CellResult[],
  armOf = ({ arm }: Settings): string => String(arm),
): ReadonlyMap<string, BySeed<Value>> {
  const arms = new Map<string, Map<number, Value>>()
  for (const { settings, value } of results) {
    const arm = armOf(settings)
    const seed = Number(settings.seed)
    const own = arms.get(arm) ?? new Map<number, Value>()
    // What the cells of a claim work out is its own.
    arms.set(arm, own.set(seed, value as Value))
  }
  return arms
}

/** A number of each seed as a mean with its interval of 95 %. */
export const over = <Value>(of: BySeed<Value>, number: (value: Value) => number): MeanInterval =>
  meanInterval([...of.values()].map(number))

/** How much larger a number is in one arm than in another, seed by seed: what they share cancels. */
export function difference<Value>(
  one: BySeed<Value>,
  other: BySeed<Value>,
  number: (value: Value) => number,
): MeanInterval {
  const seeds = [...one.keys()].filter((seed) => other.has(seed))
  return meanInterval(seeds.map((seed) => number(one.get(seed)!) - number(other.get(seed)!)))
}

/**
 * Where a curve is at some x: on the straight line between the first two points in order that x lies between; NaN where it never
 * comes there.
 */
export function valueAt(points: readonly { readonly x: number; readonly y: number }[], x: number): number {
  for (const [i, from] of points.entries()) {
    const to = points[i + 1]
    if (!to || from.x > x || to.x < x) continue
    return to.x === from.x ? from.y : from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x)
  }
  return Number.NaN
}
