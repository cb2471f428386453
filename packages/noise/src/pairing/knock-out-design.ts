import { checkInteger, checkNames } from '../check-options'
import { arenasOf, checkProposal, collectFrom, placesByArena } from './arenas'
import { type Pair, pairNumber, tossed } from './pair-sequence'
import type { AdaptiveDesign, PairingHistory, Scope } from './pairing-history'
import { bitsAt, type Key, keyOf, permuted, subKey } from './permutation'
import { type ResponseTable, rowOf, sizeOf } from './response-table'

/** Options of {@link knockOutDesign}. */
export interface KnockOutDesignOptions {
  /** Whether each `prompt` is a tournament of its own, or the whole `table` is one. Default: `prompt`. */
  scope?: Scope
  /** Integer that makes the bracket repeat exactly. Default: 0. */
  seed?: number
}

const PURPOSE = 0x6b6e6f636b
const TIES = 0x746965

/** Who is where in a round; undefined where that is not decided. */
type Slots = readonly (number | undefined)[]

/** The first round: so many play that a power of two is left, and the others enter after it. */
function firstRound(entrants: readonly number[]): { playing: Slots; waiting: Slots } {
  const after = 2 ** Math.max(0, Math.ceil(Math.log2(entrants.length)) - 1)
  const playing = 2 * (entrants.length - after)
  return { playing: entrants.slice(0, playing), waiting: entrants.slice(playing) }
}

/** Plays the bracket as far as labels go: the pairs that can play now and have not been asked. */
function openPairs(
  entrants: readonly number[],
  winnerOf: (a: number, b: number) => number | undefined,
  isAsked: (a: number, b: number) => boolean,
): [number, number][] {
  const open: [number, number][] = []
  const play = (slots: Slots): Slots =>
    Array.from({ length: slots.length / 2 }, (_, k) => {
      const a = slots[2 * k]
      const b = slots[2 * k + 1]
      if (a === undefined || b === undefined) return undefined
      if (!isAsked(a, b)) open.push([a, b])
      return winnerOf(a, b)
    })
  const { playing, waiting } = firstRound(entrants)
  let slots = [...play(playing), ...waiting]
  while (slots.length > 1) slots = [...play(slots)]
  return open
}

/** Who won each pair that was asked, undefined where no label came yet; a tie is decided by lot. */
function results({ first, second, labels }: PairingHistory, rows: number, key: Key) {
  const winners = new Map<number, number | undefined>()
  for (let place = 0; place < first.length; place++) {
    const [a, b] = [first[place]!, second[place]!]
    const label = labels[place]!
    const lot = bitsAt(key, Math.min(a, b), Math.max(a, b)) >= 2 ** 31 ? Math.min(a, b) : Math.max(a, b)
    const decided = label === 0 ? lot : label === 1 ? a : b
    winners.set(pairNumber(a, b, rows), label === null ? undefined : decided)
  }
  return winners
}

/**
 * Knock-out tournaments: responses are drawn into a bracket, the preferred one of each pair goes on, and n responses
 * take n − 1 comparisons to a winner. Where n is no power of two some enter in the second round. A tie is decided by
 * lot. A pair can be asked as soon as both sides are known; tournaments that have asked least for their size go
 * first.
 *
 * Source: this package. Proven against its definition.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function knockOutDesign(table: ResponseTable, options: KnockOutDesignOptions = {}): AdaptiveDesign {
  checkNames('knockOutDesign', options, { scope: true, seed: true })
  const { scope, seed = 0 } = options
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  const arenas = arenasOf(table, scope)
  const { groups, responses } = arenas
  const key = keyOf(PURPOSE, seed)
  const lots = keyOf(TIES, seed)
  const propose = (history: PairingHistory, count: number): Pair[] => {
    checkProposal(history, count, responses)
    const winners = results(history, responses, lots)
    const progress = placesByArena(history, arenas).map((own, arena) => own.length / sizeOf(groups, arena))
    return collectFrom(progress, key, count, (arena) => {
      const size = sizeOf(groups, arena)
      if (size < 2) return []
      const order = subKey(key, ~arena)
      const entrants = Array.from({ length: size }, (_, k) => rowOf(groups, arena, permuted(k, size, order)))
      const open = openPairs(
        entrants,
        (a, b) => winners.get(pairNumber(a, b, responses)),
        (a, b) => winners.has(pairNumber(a, b, responses)),
      )
      return open.map(([a, b]) => tossed(a, b, key))
    })
  }
  return { responses, propose }
}
