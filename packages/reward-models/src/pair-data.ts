import type { Matrix } from './matrix'
import { RewardModelError, type RewardModelErrorCode } from './reward-model-error'

/** Comparisons over a table of feature rows; a response that is in many pairs has one row. */
export interface PairData {
  /** One row for each response. */
  readonly features: Matrix
  /** Row of the chosen response of each pair. */
  readonly chosen: Int32Array
  /** Row of the rejected response of each pair. */
  readonly rejected: Int32Array
  /** Probability that the chosen response is the preferred one, such as a share of votes. Default: 1. */
  readonly preference?: Float32Array
  /** How much better the chosen response is known to be, in units of reward (Bradley–Terry only). */
  readonly margin?: Float32Array
  /** Prompt of each pair, as any number: pairs of one group stay on one side of a split. Default: its own. */
  readonly groups?: Int32Array
}

/**
 * Checks pairs before anything is learned from them.
 * @throws RewardModelError `EMPTY` without pairs, `DIMENSION_MISMATCH` for columns of other lengths,
 *   `OUT_OF_RANGE` for a row that does not exist or a preference outside [0, 1], `NOT_FINITE` for NaN or infinite
 *   features and margins.
 */
export function checkPairData(data: PairData): void {
  const { features, chosen, rejected } = data
  if (chosen.length === 0) throw new RewardModelError('EMPTY', 'pairs: expected at least one, got none')
  for (const name of ['rejected', 'preference', 'margin', 'groups'] as const) {
    const length = data[name]?.length ?? chosen.length
    if (length === chosen.length) continue
    throw new RewardModelError('DIMENSION_MISMATCH', `${name}: ${length} values for ${chosen.length} pairs`)
  }
  for (const name of ['chosen', 'rejected'] as const) {
    const at = data[name].findIndex((row) => row < 0 || row >= features.rows)
    if (at < 0) continue
    const message = `${name}[${at}]: row ${data[name][at]} is not one of the ${features.rows} feature rows`
    throw new RewardModelError('OUT_OF_RANGE', message)
  }
  requireEach('preference', data.preference, 'OUT_OF_RANGE', 'a probability', (p) => p >= 0 && p <= 1)
  requireEach('margin', data.margin, 'NOT_FINITE', 'a finite number', Number.isFinite)
  checkFeatures(features)
  if (rejected.every((row, i) => row === chosen[i])) {
    throw new RewardModelError(
      'EMPTY',
      'pairs: in every one the chosen and the rejected response are the same',
    )
  }
}

function requireEach(
  name: string,
  column: Float32Array | undefined,
  code: RewardModelErrorCode,
  expected: string,
  holds: (value: number) => boolean,
): void {
  const at = column?.findIndex((value) => !holds(value)) ?? -1
  if (at < 0) return
  throw new RewardModelError(code, `${name}[${at}]: expected ${expected}, got ${column![at]}`)
}

/** Checks a table. @throws RewardModelError `NOT_FINITE` naming the row and column, `DIMENSION_MISMATCH` for a wrong size. */
export function checkFeatures({ data, rows, columns, blocks = [columns] }: Matrix): void {
  if (blocks.reduce((sum, width) => sum + width, 0) !== columns) {
    const message = `features: blocks of ${blocks.join(', ')} columns do not make up ${columns}`
    throw new RewardModelError('DIMENSION_MISMATCH', message)
  }
  if (data.length !== rows * columns) {
    const message = `features: ${rows} × ${columns} needs ${rows * columns} numbers, got ${data.length}`
    throw new RewardModelError('DIMENSION_MISMATCH', message)
  }
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue
    const at = `row ${Math.floor(i / columns)}, column ${i % columns}`
    throw new RewardModelError('NOT_FINITE', `features: ${at} is ${data[i]}; expected a finite number`)
  }
}

/** The pairs at these positions, over the same feature table. */
export function takePairs(data: PairData, positions: ArrayLike<number>): PairData {
  const pick = <A extends Int32Array | Float32Array>(column: A): A => {
    const taken = new (column.constructor as new (length: number) => A)(positions.length)
    for (let i = 0; i < taken.length; i++) taken[i] = column[positions[i]!]!
    return taken
  }
  return {
    features: data.features,
    chosen: pick(data.chosen),
    rejected: pick(data.rejected),
    ...(data.preference && { preference: pick(data.preference) }),
    ...(data.margin && { margin: pick(data.margin) }),
    ...(data.groups && { groups: pick(data.groups) }),
  }
}

/**
 * The pairs followed by their mirror images: responses exchanged, p → 1 − p, m → −m. An image is of its pair's group,
 * also where pairs had none: a split that parted them would test on what was learned.
 */
export function mirrorPairs(data: PairData): PairData {
  const size = data.chosen.length
  const twice = <A extends Int32Array | Float32Array>(a: A, b: A): A => {
    const both = new (a.constructor as new (n: number) => A)(2 * size)
    both.set(a)
    both.set(b, size)
    return both
  }
  const preference = data.preference ?? new Float32Array(size).fill(1)
  const groups = data.groups ?? Int32Array.from({ length: size }, (_, i) => i)
  return {
    features: data.features,
    chosen: twice(data.chosen, data.rejected),
    rejected: twice(data.rejected, data.chosen),
    preference: twice(
      preference,
      preference.map((p) => 1 - p),
    ),
    ...(data.margin && {
      margin: twice(
        data.margin,
        data.margin.map((m) => -m),
      ),
    }),
    groups: twice(groups, groups),
  }
}
