import { checkOptionNames } from './check-option-names'
import type { Comparison } from './comparison'

/** One fold: the comparisons of one group, and those to train on for it. */
export interface GroupFold {
  readonly group: string
  readonly train: readonly Comparison[]
  readonly test: readonly Comparison[]
}

/** How groups are left out. */
export interface LeaveOneGroupOutOptions {
  /** What else must not be trained on: the test group's whole block, as both sides of a debate; default the group. */
  readonly blockOf?: (comparison: Comparison) => string
}

/**
 * A fold for each group, in the order groups first appear: the group is the test set, and everything outside its
 * block is the training set. Folds are made one at a time and share the comparisons themselves.
 * Throws DatasetError INVALID_OPTION.
 */
export function* leaveOneGroupOut(
  comparisons: readonly Comparison[],
  groupOf: (comparison: Comparison) => string,
  options: LeaveOneGroupOutOptions = {},
): Generator<GroupFold> {
  checkOptionNames(options, { blockOf: true })
  const { blockOf = groupOf } = options
  const groups = new Map<string, Comparison[]>()
  for (const comparison of comparisons) {
    const group = groupOf(comparison)
    const members = groups.get(group)
    if (members === undefined) groups.set(group, [comparison])
    else members.push(comparison)
  }
  for (const [group, test] of groups) {
    const blocks = new Set(test.map(blockOf))
    yield { group, train: comparisons.filter((comparison) => !blocks.has(blockOf(comparison))), test }
  }
}
