import type { LoopPrompt, LoopResponse } from '../prompts/prompt'
import type { PairwiseScorer, ScoringRun } from '../rewards/scorers'
import { symmetricWins } from '../rewards/symmetric-wins'

/** Responses to a prompt, by their places compared with each other. */
export interface ComparisonTable {
  readonly prompt: LoopPrompt
  readonly responses: readonly LoopResponse[]
  /** How probably one beats the other in both orders, where they were compared. */
  wins(one: number, other: number): number | undefined
  note(one: number, other: number, win: number): void
}

/** A table in which nothing is compared yet; responses may be added to the list. */
export function comparisonTable(prompt: LoopPrompt, responses: readonly LoopResponse[]): ComparisonTable {
  const known = new Map<string, number>()
  return {
    ...{ prompt, responses },
    wins: (one, other) => known.get(`${one} ${other}`),
    note(one, other, win) {
      known.set(`${one} ${other}`, win)
      known.set(`${other} ${one}`, 1 - win)
    },
  }
}

/** Two responses of a table. */
export interface Duel {
  readonly table: ComparisonTable
  readonly one: number
  readonly other: number
}

/**
 * Fights duels that were not fought before, all in one call of the scorer. Of two between which it has no answer neither is better: ½.
 * @returns how many pairs the scorer was shown: two for each duel, one for each order.
 */
export async function fight(
  scorer: PairwiseScorer,
  duels: readonly Duel[],
  run: ScoringRun,
): Promise<number> {
  const open = duels.filter(({ table, one, other }) => table.wins(one, other) === undefined)
  const wins = await symmetricWins(
    scorer,
    open.map(({ table: { prompt, responses }, one, other }) => ({
      ...{ prompt, first: responses[one]!, second: responses[other]! },
    })),
    run,
  )
  for (const [i, { table, one, other }] of open.entries()) {
    table.note(one, other, Number.isNaN(wins[i]) ? 0.5 : wins[i]!)
  }
  return 2 * open.length
}
