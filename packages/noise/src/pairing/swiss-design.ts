import { checkInteger, checkNames } from '../check-options'
import { arenasOf, checkProposal, collectFrom, placesByArena } from './arenas'
import { completeMatching } from './matching'
import { type Pair, pairNumber, tossed } from './pair-sequence'
import type { AdaptiveDesign, PairingHistory, Scope } from './pairing-history'
import { bitsAt, type Key, keyOf } from './permutation'
import { type ResponseTable, sizeOf } from './response-table'

/** Options of {@link swissDesign}. */
export interface SwissDesignOptions {
  /** Rounds of each tournament, an integer ≥ 1, or Infinity. Default: ⌈log₂ n⌉ of n responses. */
  rounds?: number
  /** Whether each `prompt` is a tournament of its own, or the whole `table` is one. Default: `prompt`. */
  scope?: Scope
  /** Integer that makes the pairs repeat exactly for the same labels. Default: 0. */
  seed?: number
}

const PURPOSE = 0x7377697373

/** Places of a tournament's pairs, by round: a round ends before the first pair that would have somebody play twice. */
function roundsIn({ first, second }: PairingHistory, places: readonly number[]): number[][] {
  const rounds: number[][] = []
  let playing = new Set<number>()
  for (const place of places) {
    const both = [first[place]!, second[place]!]
    if (rounds.length === 0 || both.some((row) => playing.has(row))) {
      rounds.push([])
      playing = new Set()
    }
    rounds.at(-1)!.push(place)
    for (const row of both) playing.add(row)
  }
  return rounds
}

/** How a tournament stands. */
interface Standing {
  /** Rows, most points first, by lot among equals. */
  readonly order: readonly number[]
  /** How often each of them has sat out. */
  readonly byes: readonly number[]
  readonly hasMet: (a: number, b: number) => boolean
}

function standingAfter(
  rows: readonly number[],
  rounds: readonly number[][],
  { first, second, labels }: PairingHistory,
  key: Key,
): Standing {
  const points = new Map(rows.map((row) => [row, 0]))
  const played = new Map(rows.map((row) => [row, 0]))
  const end = rows.reduce((most, row) => Math.max(most, row), 0) + 1
  const met = new Set<number>()
  const add = (row: number, won: number) => {
    points.set(row, points.get(row)! + won)
    played.set(row, played.get(row)! + 1)
  }
  for (const place of rounds.flat()) {
    const label = labels[place] ?? 0
    add(first[place]!, (1 + label) / 2)
    add(second[place]!, (1 - label) / 2)
    met.add(pairNumber(first[place]!, second[place]!, end))
  }
  const lot = (row: number) => bitsAt(key, row, rounds.length)
  const order = [...rows].sort((a, b) => points.get(b)! - points.get(a)! || lot(a) - lot(b) || a - b)
  return {
    order,
    byes: order.map((row) => rounds.length - played.get(row)!),
    hasMet: (a, b) => met.has(pairNumber(a, b, end)),
  }
}

/**
 * Each with the nearest below who is free and has not been met. Who is matched with `nobody` (−1 if all play) sits
 * out.
 */
function nearestFirst(size: number, nobody: number, edge: (a: number, b: number) => boolean): Int32Array {
  const mate = new Int32Array(size).fill(-1)
  const match = (a: number, b: number) => {
    mate[a] = b
    mate[b] = a
  }
  // Chosen from the end: the lowest of those that sat out least.
  for (let a = nobody - 1; a >= 0 && mate[nobody] === -1; a--) if (edge(a, nobody)) match(a, nobody)
  for (let a = 0; a < size; a++) {
    for (let b = a + 1; b < size && mate[a] === -1; b++) if (mate[b] === -1 && edge(a, b)) match(a, b)
  }
  return mate
}

/** A round: as many pairs as can be that have not met, of those near each other in standing. */
function roundOf({ order, byes, hasMet }: Standing): [number, number][] {
  const odd = order.length % 2 === 1
  const fewest = byes.reduce((least, count) => Math.min(least, count))
  const nobody = odd ? order.length : -1
  const edge = (a: number, b: number): boolean => {
    if (a === nobody || b === nobody) return byes[Math.min(a, b)] === fewest
    return !hasMet(order[a]!, order[b]!)
  }
  const mate = completeMatching(nearestFirst(order.length + Number(odd), nobody, edge), edge)
  if (odd && mate[nobody] !== -1) {
    // Sitting out is not worth a pair that could have played.
    mate[mate[nobody]!] = -1
    mate[nobody] = -1
    completeMatching(mate, (a, b) => a !== nobody && b !== nobody && edge(a, b))
  }
  return Array.from(order.keys())
    .filter((a) => mate[a]! > a)
    .map((a) => [order[a]!, order[mate[a]!]!])
}

/** What a tournament can ask now: the rest of its round or, once that has its labels, the next one. */
function askable(
  rows: readonly number[],
  places: readonly number[],
  history: PairingHistory,
  key: Key,
  most: number,
) {
  const rounds = roundsIn(history, places)
  const current = rounds.at(-1) ?? []
  const playing = new Set(current.flatMap((place) => [history.first[place]!, history.second[place]!]))
  const pairsAfter = (before: readonly number[][]) => roundOf(standingAfter(rows, before, history, key))
  const rest = pairsAfter(rounds.slice(0, -1)).filter((pair) => !pair.some((row) => playing.has(row)))
  if (rest.length > 0) return rest
  const waits = current.some((place) => history.labels[place] === null)
  const over = waits || rounds.length >= most
  return over ? [] : pairsAfter(rounds)
}

/**
 * Swiss tournaments: in each round everybody plays one with about as many points (a win is 1, a tie ½) whom they have
 * not met; of an odd number the lowest who sat out least sits out. No pair comes twice, and as many play as can
 * without: where pairing neighbours leaves some over, Edmonds' matching finds room for them. A round starts when the
 * last one has all its labels; tournaments that have asked least for their size go first.
 *
 * Source: this package; Edmonds 1965 for the matching. Proven against its definition, and matchings against all there
 * are.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function swissDesign(table: ResponseTable, options: SwissDesignOptions = {}): AdaptiveDesign {
  checkNames('swissDesign', options, { rounds: true, scope: true, seed: true })
  const { rounds, scope, seed = 0 } = options
  if (rounds !== undefined && rounds !== Number.POSITIVE_INFINITY) checkInteger('rounds', rounds, 1)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  const arenas = arenasOf(table, scope)
  const { groups, responses } = arenas
  const key = keyOf(PURPOSE, seed)
  const propose = (history: PairingHistory, count: number): Pair[] => {
    checkProposal(history, count, responses)
    const places = placesByArena(history, arenas)
    const progress = places.map((own, arena) => own.length / sizeOf(groups, arena))
    return collectFrom(progress, key, count, (arena) => {
      const size = sizeOf(groups, arena)
      if (size < 2) return []
      const rows = Array.from(groups.rows.subarray(groups.starts[arena], groups.starts[arena + 1]))
      const most = rounds ?? Math.ceil(Math.log2(size))
      const pairs = askable(rows, places[arena]!, history, key, most)
      return pairs.map(([a, b]) => tossed(a, b, key))
    })
  }
  return { responses, propose }
}
