import { AdvantageError } from '../advantage-error'
import { checkNames } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { forEachGroup, type GroupOptions, readGrouped } from '../groups/groups'
import { momentsOf } from '../moments'
import type { Rewards } from '../rewards'

/**
 * Which groups are kept. `verl`: those whose rewards differ, and groups of one. `trl`: those whose deviation is above 1e-8,
 * and no groups of one (TRL only logs their share). `openrlhf`: those whose mean lies strictly within `range`.
 */
export type FilterConvention = Convention<'informativeGroups'>

/** Options of {@link informativeGroups}. */
export interface InformativeGroupsOptions extends GroupOptions {
  /** Which groups are kept. Default: `verl`. */
  convention?: FilterConvention
  /** For `openrlhf`: the mean reward must be above `low` and below `high`. Default: [0, 1]. */
  range?: readonly [low: number, high: number]
}

type Keeps = (group: { mean: number; deviation: number; size: number }, range: readonly number[]) => boolean

const filters: Readonly<Record<FilterConvention, Keeps>> = {
  verl: ({ deviation, size }) => size === 1 || deviation > 0,
  trl: ({ deviation }) => deviation > 1e-8,
  openrlhf: ({ mean }, [low, high]) => low! < mean && mean < high!,
}

/**
 * Dynamic sampling: the groups with something to learn from. Where all responses to a prompt have the same reward, all
 * group advantages are 0.
 *
 * Equal rewards have deviation 0 here; in verl rounding may leave their deviation above 0.
 *
 * Source: 2503.14476, section 3.2. Proven against verl 0.9.1 (`replay_buffer.py`), TRL 1.16.0 (`is_std_zero`),
 * OpenRLHF 0.11.2 (`dynamic_filtering_range`).
 *
 * @param rewards `[B]` with `groups`, or a row for each group; a row without responses is never kept.
 * @returns indices of the kept `groups`, in the order in which they first occur, and of their `responses`, ascending,
 *   counted over all rows.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function informativeGroups(
  rewards: Rewards,
  options: InformativeGroupsOptions = {},
): { groups: number[]; responses: number[] } {
  checkNames('informativeGroups', options, { groups: true, convention: true, range: true })
  const keeps = filters[conventionOf('informativeGroups', options)]
  const { range = [0, 1] } = options
  if (!(range.length === 2 && range[0] < range[1])) {
    const message = `range is [${range}]; expected two numbers, the lower first`
    throw new AdvantageError('INVALID_OPTION', 'range', message)
  }
  const grouped = readGrouped(rewards, options.groups)
  const groups: number[] = []
  const responses: number[] = []
  let group = 0
  forEachGroup(grouped, (members) => {
    const size = members.length
    if (size > 0 && keeps({ ...momentsOf(grouped.rewards, members), size }, range)) {
      groups.push(group)
      responses.push(...members)
    }
    group++
  })
  return { groups, responses: responses.sort((a, b) => a - b) }
}
