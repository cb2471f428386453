import { meanInterval } from '@prefkit/evals'

/** A mean over seeds; `low` and `high` are those of its 95 % interval, and the mean itself for one seed. */
export interface SeedMean {
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly count: number
}

/** Undefined without a number. */
export function seedMean(values: readonly (number | undefined)[]): SeedMean | undefined {
  const known = values.filter((value): value is number => Number.isFinite(value))
  if (known.length === 0) return undefined
  const { mean, low, high, count } = meanInterval(known)
  return count === 1 ? { mean, low: mean, high: mean, count } : { mean, low, high, count }
}
