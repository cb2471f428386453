import { AdvantageError } from '../advantage-error'
import { formatValue } from '../check-options'
import { type Numbers, type Rewards, readNumbers } from '../rewards'
import { checkFinite } from '../rows'

/** Which responses answer the same prompt: a label for each, `[B]`, or the number of consecutive ones that do. */
export type Groups = number | ArrayLike<number | string>

/** How a function of groups reads its rewards. */
export interface GroupOptions {
  /** The groups of rewards that are `[B]`; left out where each row of the rewards is a group. */
  groups?: Groups
}

/** Rewards by group. */
export interface Grouped extends Numbers {
  /** Indices of rewards, one group after the other. */
  readonly members: Int32Array
  /** Where each group starts in `members`, and the end of the last. */
  readonly starts: Int32Array
}

type Division = Pick<Grouped, 'members' | 'starts'>

function countUp(length: number): Int32Array {
  // For a million, `Int32Array.from` takes longer than the estimate.
  const indices = new Int32Array(length)
  for (let i = 0; i < length; i++) indices[i] = i
  return indices
}

const mismatch = (got: string, expected: string) =>
  new AdvantageError('SHAPE_MISMATCH', 'groups', `groups is ${got}; expected ${expected}`)

/** Groups of `size` consecutive responses. */
function consecutive(size: number, count: number): Division {
  if (!Number.isSafeInteger(size) || size < 1 || count % size !== 0) {
    throw mismatch(formatValue(size), `a number of responses that divides the ${count} of rewards`)
  }
  return {
    members: countUp(count),
    starts: Int32Array.from({ length: count / size + 1 }, (_, i) => i * size),
  }
}

/** Missing labels are none: NaN, null and undefined would make one group of unrelated responses. */
const isLabel = (label: unknown): boolean =>
  typeof label === 'string' || (typeof label === 'number' && !Number.isNaN(label))

/** Groups of equal labels, in the order in which they first occur. */
function labelled(labels: ArrayLike<number | string>, count: number): Division {
  if (labels.length !== count) throw mismatch(`${labels.length} labels`, `${count}, as there are rewards`)
  const groupOf = new Map<number | string, number>()
  const groups = Int32Array.from({ length: count }, (_, i) => {
    const label = labels[i]!
    if (!isLabel(label)) throw mismatch(`${formatValue(label)} at ${i}`, 'labels that are numbers or strings')
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

/** Reads the groups of `count` responses. Throws `SHAPE_MISMATCH`, `MISSING_INPUT`. */
export function readGroups(groups: Groups | undefined, count: number): Division {
  if (groups === undefined) {
    const message = 'groups is undefined; expected a label for each response, or the size of a group'
    throw new AdvantageError('MISSING_INPUT', 'groups', message)
  }
  if (typeof groups === 'number') return consecutive(groups, count)
  if (typeof groups !== 'object' || groups === null || !Number.isSafeInteger(groups.length)) {
    throw mismatch(formatValue(groups), 'a label for each response, or the size of a group')
  }
  return labelled(groups, count)
}

/** Reads rewards and groups; rewards may be NaN. Throws as {@link readGrouped}. */
function readGroupedNumbers(rewards: Rewards, groups: Groups | undefined): Grouped {
  const numbers = readNumbers('rewards', rewards)
  const { rows, rewards: data } = numbers
  if (rows !== undefined) {
    if (groups !== undefined) throw mismatch('given', 'none: each row of rewards is a group')
    return { ...numbers, members: countUp(data.length), starts: rows.starts }
  }
  // An empty array may be a list of no rows as well as no rewards.
  return { ...numbers, ...readGroups(data.length === 0 ? (groups ?? []) : groups, data.length) }
}

/** Reads rewards and groups. Throws `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`. */
export function readGrouped(rewards: Rewards, groups: Groups | undefined): Grouped {
  const grouped = readGroupedNumbers(rewards, groups)
  checkFinite('rewards', grouped.rewards, grouped.rows ?? {})
  return grouped
}

/** Reads rewards and groups, and leaves rewards that are NaN out of `members`. Throws as {@link readGrouped}. */
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

/** Calls `visit` with the indices of the rewards of each group. */
export function forEachGroup({ members, starts }: Division, visit: (members: Int32Array) => void): void {
  for (let group = 0; group + 1 < starts.length; group++) {
    visit(members.subarray(starts[group], starts[group + 1]))
  }
}
