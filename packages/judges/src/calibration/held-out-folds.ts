import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { checkInteger, type OptionNames } from '../check-options'
import { JudgeError } from '../judge-error'

/** How held-out numbers are made: by cross-validation. */
export interface HeldOutOptions {
  /** Number of folds, at least 2; as many as there are groups at most. Default: 5. */
  readonly folds?: number
  /** Seed of who goes into which fold; an integer of at least 0. Default: 0. */
  readonly seed?: number
  /** Group of each row, such as its prompt: rows of a group stay in one fold. Default: each row by itself. */
  readonly groups?: readonly (string | number)[]
}

/** The names of {@link HeldOutOptions}. */
export const heldOutNames: OptionNames<HeldOutOptions> = { folds: true, seed: true, groups: true }

function shuffled<T>(values: readonly T[], seed: number): T[] {
  const generator = xoroshiro128plus(seed)
  const order = [...values]
  for (let i = order.length - 1; i > 0; i--) {
    const j = uniformInt(generator, 0, i)
    const value = order[i]!
    order[i] = order[j]!
    order[j] = value
  }
  return order
}

/**
 * The fold of each of `count` rows, from 0; every fold has a row. Throws `LENGTH_MISMATCH`, `OUT_OF_RANGE`; `EMPTY`
 * for fewer than two groups.
 */
export function heldOutFolds(count: number, { folds = 5, seed = 0, groups }: HeldOutOptions): number[] {
  checkInteger('folds', folds, 2)
  checkInteger('seed', seed, 0)
  const labels = groups ?? Array.from({ length: count }, (_, i) => i)
  if (labels.length !== count) {
    const message = `groups has ${labels.length} values for ${count} rows; expected as many`
    throw new JudgeError('LENGTH_MISMATCH', 'groups', message)
  }
  const distinct = shuffled([...new Set(labels)], seed)
  if (distinct.length < 2) {
    const message = `${count} answered rows in ${distinct.length} groups; expected two groups or more, to hold one out`
    throw new JudgeError('EMPTY', 'groups', message)
  }
  const foldOf = new Map(distinct.map((group, i) => [group, i % Math.min(folds, distinct.length)]))
  return labels.map((group) => foldOf.get(group)!)
}

/** Predictions of each row by what was fitted on the rows of the other folds. */
export function predictHeldOut<Row, Fit>(
  rows: readonly Row[],
  options: HeldOutOptions,
  fitRows: (rows: readonly Row[]) => Fit,
  predict: (fitted: Fit, row: Row) => number,
): number[] {
  const foldOf = heldOutFolds(rows.length, options)
  const fits = Array.from({ length: Math.max(...foldOf) + 1 }, (_, fold) =>
    fitRows(rows.filter((_, i) => foldOf[i] !== fold)),
  )
  return rows.map((row, i) => predict(fits[foldOf[i]!]!, row))
}

/** Groups are looked up row by row, so one too few would be passed over. */
export function checkGroups(groups: HeldOutOptions['groups'], labels: readonly unknown[]): void {
  if (groups === undefined || groups.length === labels.length) return
  const message = `groups has ${groups.length} values and labels ${labels.length}; expected as many`
  throw new JudgeError('LENGTH_MISMATCH', 'groups', message)
}
