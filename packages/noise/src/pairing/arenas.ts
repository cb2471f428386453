import { checkInteger, choose } from '../check-options'
import type { Pair } from './pair-sequence'
import { checkHistory, type PairingHistory, type Scope } from './pairing-history'
import { type Key, permuted } from './permutation'
import { checkTable, type Groups, groupByPrompt, groupOfRows, type ResponseTable } from './response-table'

/** Responses that meet among themselves: those of each prompt, or of the whole table. */
export interface Arenas {
  readonly groups: Groups
  /** The arena of each row. */
  readonly of: Int32Array
  /** Rows of the table. */
  readonly responses: number
}

function wholeTable(table: ResponseTable): Groups {
  checkTable(table)
  const rows = Int32Array.from({ length: table.prompts.length }, (_, row) => row)
  return { count: 1, starts: Int32Array.of(0, rows.length), rows }
}

/** The arenas of a table. */
export function arenasOf(table: ResponseTable, scope: Scope = 'prompt'): Arenas {
  const group = choose('scope', scope, { prompt: groupByPrompt, table: wholeTable })
  const groups = group(table)
  const responses = table.prompts.length
  return { groups, of: groupOfRows(groups, responses), responses }
}

/** Throws `NoiseError` unless a proposal can be asked for. */
export function checkProposal(history: PairingHistory, count: number, responses: number): void {
  checkInteger('count', count, 0)
  checkHistory(history, responses)
}

/** Places in the history of pairs within each arena, in order. */
export function placesByArena({ first, second }: PairingHistory, { groups, of }: Arenas): number[][] {
  const places: number[][] = Array.from({ length: groups.count }, () => [])
  for (let place = 0; place < first.length; place++) {
    const arena = of[first[place]!]!
    if (arena === of[second[place]!]) places[arena]!.push(place)
  }
  return places
}

/**
 * What arenas ask for, those that have got least far first and in a random order among equals, until there are
 * `count`.
 */
export function collectFrom(
  progress: readonly number[],
  key: Key,
  count: number,
  ask: (arena: number) => readonly Pair[],
): Pair[] {
  const order = Array.from(progress, (_, place) => permuted(place, progress.length, key))
  order.sort((a, b) => progress[a]! - progress[b]!)
  const pairs: Pair[] = []
  for (const arena of order) {
    if (pairs.length >= count) break
    for (const pair of ask(arena).slice(0, count - pairs.length)) pairs.push(pair)
  }
  return pairs
}
