import { AdvantageError } from '../advantage-error'
import { checkNames } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { forEachGroup, type GroupOptions, type Rewards, readGrouped } from '../groups/groups'
import { momentsOf } from '../moments'

/**
 * Which groups are kept. `verl`: those whose rewards differ, and groups of one. `trl`: those whose deviation is above
 * 1e-8, which a group of one has not (TRL only logs their share). `openrlhf`: those whose mean lies strictly within
 * `range`.
 */
export type FilterConvention = Convention<'informativeGroups'>

/** Options of {@link informativeGroups}. */
export interface InformativeGroupsOptions extends GroupOptions {
  /** Which groups are kept. Default: `verl`. */
  convention?: FilterConvention
  /** For `openrlhf`, lowest and highest mean reward, both left out. Default: [0, 1]. */
  range?: readonly [low: number, high: number]
}

type Keeps = (group: { mean: number; deviation: number; size: number }, range: readonly number[]) => boolean

const filters: Readonly<Record<FilterConvention, Keeps>> = {
  verl: ({ deviation, size }) => size === 1 || deviation > 0,
  trl: ({ deviation }) => deviation > 1e-8,
  openrlhf: ({ mean }, [low, high]) => low! < mean && mean < high!,
}

/**
 * Dynamic sampling: the groups that can teach something. Where all responses to a prompt have one reward, all group
 * advantages are 0.
 *
 * Equal rewards count as equal; verl computes their deviation, which rounding may leave above 0.
 *
 * Source: 2503.14476, section 3.2. Proven against verl 0.9.1 (`replay_buffer.py`), TRL 1.16.0 (`is_std_zero`),
 * OpenRLHF 0.11.2 (`dynamic_filtering_range`).
 *
 * @param rewards `[B]` with `groups`, or a row for each group; a row without responses is never kept.
 * @returns indices of the `groups` kept, in the order in which they first occur, and of their `responses`, ascending,
 *   counted over all rows.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE` for the range, `INVALID_OPTION`, `OVERFLOW`.
 */
export function informativeGroups(
  rewards: Rewards,
  options: InformativeGroupsOptions = {},
): { groups: number[]; responses: number[] } {
  checkNames('informativeGroups', options, { groups: true, convention: true, range: true })
  const keeps = filters[conventionOf('informativeGroups', options)]
  const { range = [0, 1] } = options
  if (!(range.length === 2 && range[0] < range[1])) {
    throw new AdvantageError(
      'OUT_OF_RANGE',
      'range',
      `range is [${range}]; expected two numbers, the lower first`,
    )
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
