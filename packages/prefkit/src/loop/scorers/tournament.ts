import type { PairwiseScorer, ScoringRun } from '../rewards/scorers'
import { type ComparisonTable, type Duel, fight } from './comparison-table'

/** A response that came far. */
export interface Finalist {
  /** Its place among the responses. */
  readonly place: number
  /** Its mean probability to beat the other finalists; ½ where there is none. */
  readonly winRate: number
}

/** As many as a round robin is played of. */
export const finalSize = 8

/** A table, and who of it is still in. */
interface Bracket {
  readonly table: ComparisonTable
  readonly left: readonly number[]
}

/** Those that play: enough that the final is reached, and at most all. Neighbours meet. */
function duelsOf({ table, left }: Bracket, size: number): Duel[] {
  const count = Math.max(0, Math.min(Math.floor(left.length / 2), left.length - size))
  return Array.from({ length: count }, (_, i) => ({ table, one: left[2 * i]!, other: left[2 * i + 1]! }))
}

/** Those that had no duel come first, so that they have the next one; of equals the one drawn first goes on. */
function nextRound(bracket: Bracket, size: number): Bracket {
  const { table, left } = bracket
  const duels = duelsOf(bracket, size)
  const winners = duels.map(({ one, other }) => (table.wins(one, other)! >= 0.5 ? one : other))
  return { table, left: [...left.slice(2 * duels.length), ...winners] }
}

const pairsOf = ({ table, left }: Bracket): Duel[] =>
  left.flatMap((one, i) => left.slice(i + 1).map((other) => ({ table, one, other })))

function ranked({ table, left }: Bracket): Finalist[] {
  const rates = left.map((place) => {
    const wins = left.filter((other) => other !== place).map((other) => table.wins(place, other)!)
    const winRate = wins.length === 0 ? 0.5 : wins.reduce((sum, win) => sum + win, 0) / wins.length
    return { place, winRate }
  })
  return rates.sort((a, b) => b.winRate - a.winRate || a.place - b.place)
}

/**
 * The best responses of each table under a judge that compares: a round robin, every pair in both orders, ranked by
 * mean win probability. Where there are more than `size`, a knock-out first: neighbours meet in both orders, the one
 * that is more probably better goes on, until so many are left. Of m responses that is 2 (m − size) + size (size − 1)
 * comparisons, and fewer where some were made before. Each round of all tables is one call of the scorer.
 * @param size as many as finalists are wanted, and at least {@link finalSize}.
 * @returns the finalists of each table, best first, and how many comparisons were made.
 */
export async function tournament(
  scorer: PairwiseScorer,
  tables: readonly ComparisonTable[],
  { size = finalSize, ...run }: ScoringRun & { readonly size?: number } = {},
): Promise<{ readonly finalists: readonly Finalist[][]; readonly comparisons: number }> {
  let brackets = tables.map((table): Bracket => ({ table, left: table.responses.map((_, place) => place) }))
  let comparisons = 0
  while (brackets.some(({ left }) => left.length > size)) {
    comparisons += await fight(
      scorer,
      brackets.flatMap((bracket) => duelsOf(bracket, size)),
      run,
    )
    brackets = brackets.map((bracket) => nextRound(bracket, size))
  }
  comparisons += await fight(scorer, brackets.flatMap(pairsOf), run)
  return { finalists: brackets.map(ranked), comparisons }
}
