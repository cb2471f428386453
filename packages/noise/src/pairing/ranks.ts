import type { Numbers } from '../annotators/comparisons'
import { checkIntegers } from '../check-numbers'
import { choose } from '../check-options'
import { NoiseError } from '../noise-error'
import { bitsAt, keyOf } from './permutation'
import { type Groups, groupByPrompt, type ResponseTable, rowOf, sizeOf } from './response-table'

/**
 * Which responses of each prompt take part, by rank, 0 being the best: `all`; `middle`, the two in the middle (4 and 5
 * of ten, the paper's similar comparisons); `extremes`, best and worst (0 and 9 of ten, its diversified ones); or the
 * ranks themselves, those of which a prompt has none being passed over.
 */
export type Ranks = 'all' | 'middle' | 'extremes' | Numbers

/** Keeps what decides between equals apart from other draws of the same seed. */
const TIES = 0x72616e6b

/** The scores of a table; throws `MISSING_CONTEXT` where there are none. */
export function scoresOf({ scores }: ResponseTable): Numbers {
  if (scores !== undefined) return scores
  const message = 'scores is undefined; expected a score of each response, to rank those of a prompt by'
  throw new NoiseError('MISSING_CONTEXT', 'scores', message)
}

/** The rows of each prompt, best score first; which of two equals comes first is up to the seed. */
export function rankByScore(table: ResponseTable, seed: number): Groups {
  const groups = groupByPrompt(table)
  const scores = scoresOf(table)
  const key = keyOf(TIES, seed)
  const luck = (row: number) => bitsAt(key, row, 0)
  const { count, starts, rows } = groups
  for (let group = 0; group < count; group++) {
    rows
      .subarray(starts[group]!, starts[group + 1]!)
      .sort((a, b) => scores[b]! - scores[a]! || luck(a) - luck(b) || a - b)
  }
  return groups
}

/** Two ranks in the middle of so many; one where there is one. */
function middleRanks(count: number): number[] {
  const middle = Math.max(0, Math.floor(count / 2) - 1)
  return count < 2 ? [0] : [middle, middle + 1]
}

const named: Readonly<Record<string, (count: number) => number[]>> = {
  middle: middleRanks,
  extremes: (count) => (count < 2 ? [0] : [0, count - 1]),
}

function ranksFor(ranks: Exclude<Ranks, 'all'>): (count: number) => number[] {
  if (typeof ranks === 'string') return choose('ranks', ranks, named)
  checkIntegers('ranks', ranks, 0)
  const chosen = [...new Set(Array.from(ranks))]
  return (count) => chosen.filter((rank) => rank < count)
}

/** The rows of each prompt that have one of these ranks. */
export function rowsAtRanks(table: ResponseTable, ranks: Ranks, seed: number): Groups {
  if (ranks === 'all') return groupByPrompt(table)
  const of = ranksFor(ranks)
  const ranked = rankByScore(table, seed)
  const starts = new Int32Array(ranked.count + 1)
  const rows: number[] = []
  for (let group = 0; group < ranked.count; group++) {
    for (const rank of of(sizeOf(ranked, group))) rows.push(rowOf(ranked, group, rank))
    starts[group + 1] = rows.length
  }
  return { count: ranked.count, starts, rows: Int32Array.from(rows) }
}
