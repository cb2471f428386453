import { AdvantageError } from '../advantage-error'
import type { Matrix, MatrixLike, Vector, VectorLike } from '../arrays'
import { formatValue } from '../check-options'
import {
  checkFinite,
  matrixLike,
  type Rows,
  readMatrix,
  readMatrixLike,
  readVector,
  vectorLike,
} from '../rows'

/** One number for each response: `[B]` with `groups`, or a row for each group, of any lengths. */
export type Rewards = Vector | Matrix

/** The form a result has: that of the rewards. */
export type RewardsLike<R extends Rewards> = R extends Vector
  ? VectorLike<R>
  : R extends Matrix
    ? MatrixLike<R>
    : never

/** Which responses answer one prompt: a label for each, `[B]`, or how many in a row do. */
export type Groups = number | ArrayLike<number | string>

/** How a function of groups reads its rewards. */
export interface GroupOptions {
  /** The groups of rewards that are `[B]`; left out where each row of the rewards is a group. */
  groups?: Groups
}

/** Rewards by group. */
export interface Grouped {
  readonly rewards: Float64Array
  /** Indices of rewards, one group after the other. */
  readonly members: Int32Array
  /** Where each group starts in `members`, and the end of the last. */
  readonly starts: Int32Array
  /** How the rewards lie, when they are a matrix. */
  readonly rows: Rows | undefined
}

const isVector = (rewards: Rewards): rewards is Vector =>
  ArrayBuffer.isView(rewards) || (Array.isArray(rewards) && !isRow(rewards[0]))

const isRow = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value)

function countUp(length: number): Int32Array {
  // Of a million, `Int32Array.from` takes longer than the estimate.
  const indices = new Int32Array(length)
  for (let i = 0; i < length; i++) indices[i] = i
  return indices
}

function refuseGroups(got: string, expected: string): never {
  throw new AdvantageError('SHAPE_MISMATCH', 'groups', `groups is ${got}; expected ${expected}`)
}

/** Groups of `size` responses in a row. */
function consecutive(size: number, count: number): Pick<Grouped, 'members' | 'starts'> {
  if (!Number.isSafeInteger(size) || size < 1 || count % size !== 0) {
    refuseGroups(formatValue(size), `a number of responses that divides the ${count} of rewards`)
  }
  return {
    members: countUp(count),
    starts: Int32Array.from({ length: count / size + 1 }, (_, i) => i * size),
  }
}

/** Groups of equal labels, in the order in which they first occur. */
function labelled(labels: ArrayLike<number | string>, count: number): Pick<Grouped, 'members' | 'starts'> {
  if (labels.length !== count) refuseGroups(`${labels.length} labels`, `${count}, as there are rewards`)
  const groupOf = new Map<number | string, number>()
  const groups = Int32Array.from({ length: count }, (_, i) => {
    const label = labels[i]!
    if (!groupOf.has(label)) groupOf.set(label, groupOf.size)
    return groupOf.get(label)!
  })
  const starts = new Int32Array(groupOf.size + 1)
  for (const group of groups) starts[group + 1]!++
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!
  const next = starts.slice()
  const members = new Int32Array(count)
  groups.forEach((group, i) => {
    members[next[group]!++] = i
  })
  return { members, starts }
}

/** Reads the groups of `count` responses. Throws `SHAPE_MISMATCH`. */
export function readGroups(groups: Groups | undefined, count: number): Pick<Grouped, 'members' | 'starts'> {
  if (groups === undefined) refuseGroups('undefined', 'a label for each response, or the size of a group')
  return typeof groups === 'number' ? consecutive(groups, count) : labelled(groups, count)
}

/** Numbers, one for each response, without groups. */
export type Numbers = Pick<Grouped, 'rewards' | 'rows'>

/** Reads one number for each response; it may be NaN. Throws `SHAPE_MISMATCH`, `NOT_FINITE` for what is no number. */
export function readNumbers(parameter: string, numbers: Rewards): Numbers {
  if (isVector(numbers)) return { rewards: readVector(parameter, numbers), rows: undefined }
  const rows = readMatrix(parameter, numbers)
  return { rewards: rows.data, rows }
}

/** Reads rewards and groups; they may be NaN. Throws `SHAPE_MISMATCH`, `NOT_FINITE` for what is no number. */
function readGroupedNumbers(rewards: Rewards, groups: Groups | undefined): Grouped {
  const numbers = readNumbers('rewards', rewards)
  const { rows, rewards: data } = numbers
  if (rows !== undefined) {
    if (groups !== undefined) refuseGroups('given', 'none: each row of rewards is a group')
    return { ...numbers, members: countUp(data.length), starts: rows.starts }
  }
  // Of no rewards it cannot be told whether they were to be rows.
  return { ...numbers, ...readGroups(data.length === 0 ? (groups ?? []) : groups, data.length) }
}

/** Reads rewards and groups. Throws `SHAPE_MISMATCH`, `NOT_FINITE`. */
export function readGrouped(rewards: Rewards, groups: Groups | undefined): Grouped {
  const grouped = readGroupedNumbers(rewards, groups)
  checkFinite('rewards', grouped.rewards, grouped.rows ?? {})
  return grouped
}

/** Reads rewards and groups, and leaves those that are NaN out of `members`. Throws `SHAPE_MISMATCH`, `NOT_FINITE`. */
export function readScored(rewards: Rewards, groups: Groups | undefined): Grouped {
  const grouped = readGroupedNumbers(rewards, groups)
  const where = Uint8Array.from(grouped.rewards, (reward) => (Number.isNaN(reward) ? 0 : 1))
  checkFinite('rewards', grouped.rewards, { ...grouped.rows, where })
  const starts = new Int32Array(grouped.starts.length)
  let group = 0
  forEachGroup(grouped, (members) => {
    starts[group + 1] = starts[group]! + members.filter((i) => where[i] === 1).length
    group++
  })
  return { ...grouped, members: grouped.members.filter((i) => where[i] === 1), starts }
}

/** Reads another number for each response, in the form that the rewards have. Throws `SHAPE_MISMATCH`, `NOT_FINITE`. */
export function readAlongside(parameter: string, numbers: Rewards, { rewards, rows }: Numbers): Float64Array {
  const read =
    rows === undefined
      ? readVector(parameter, numbers as Vector, rewards.length)
      : readMatrixLike(parameter, numbers as Matrix, rows)
  checkFinite(parameter, read, rows ?? {})
  return read
}

/** Calls `visit` with the indices of the rewards of each group. */
export function forEachGroup(
  { members, starts }: Pick<Grouped, 'members' | 'starts'>,
  visit: (members: Int32Array) => void,
): void {
  for (let group = 0; group + 1 < starts.length; group++) {
    visit(members.subarray(starts[group], starts[group + 1]))
  }
}

/** A result for each response, in the form of the rewards. Throws `OVERFLOW` where it is not finite. */
export function rewardsLike<R extends Rewards>(
  like: R,
  result: Float64Array,
  { rows }: Numbers,
): RewardsLike<R> {
  const form =
    rows === undefined ? vectorLike(like as Vector, result) : matrixLike(like as Matrix, result, rows)
  return form as RewardsLike<R>
}
