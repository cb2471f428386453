import { checkBoolean, checkInteger, checkNames, checkPositive } from '../check-options'
import { streamOf } from '../random/streams'
import { arenasOf, checkProposal } from './arenas'
import { pairsAmong } from './pair-index'
import { type Pair, pairNumber, tossed } from './pair-sequence'
import type { AdaptiveDesign, PairingHistory, Scope } from './pairing-history'
import { keyOf, permuted } from './permutation'
import { posteriorOf } from './posterior-of'
import { type ResponseTable, sizeOf } from './response-table'

/** Options of {@link thompsonDesign}. */
export interface ThompsonDesignOptions {
  /** Whether the best of each `prompt` is sought, or of the whole `table`. Default: `prompt`. */
  scope?: Scope
  /** Whether a pair may be asked again, as bandits do to be sure. Default: false, each pair once. */
  repeats?: boolean
  /** σ² > 0 of the Gaussian prior of each feature's weight or, without features, of each reward. Default: 1. */
  priorVariance?: number
  /** Integer that makes the pairs repeat exactly for the same labels. Default: 0. */
  seed?: number
}

const PURPOSE = 0x74686f6d

function checkedOptions(options: ThompsonDesignOptions) {
  checkNames('thompsonDesign', options, { scope: true, repeats: true, priorVariance: true, seed: true })
  const { scope, repeats = false, priorVariance = 1, seed = 0 } = options
  checkPositive('priorVariance', priorVariance)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  checkBoolean('repeats', repeats)
  return { scope, repeats, priorVariance, seed }
}

/** The row of largest value among those that may be taken, or −1. */
function bestOf(rows: Int32Array, value: (row: number) => number, may: (row: number) => boolean): number {
  let best = -1
  let most = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    if (!may(row)) continue
    const here = value(row)
    if (here > most) [best, most] = [row, here]
  }
  return best
}

/** Which pairs were asked, how many different ones with each row, and how many of each arena. */
function tally(
  { first, second }: PairingHistory,
  responses: number,
  of: Int32Array,
  arenas: number,
  repeats: boolean,
) {
  const asked = new Set<number>()
  const inArena = new Int32Array(arenas)
  const partners = new Int32Array(responses)
  const add = ({ first: a, second: b }: Pair): void => {
    if (of[a] !== of[b]) return
    const number = pairNumber(a, b, responses)
    const isNew = !asked.has(number)
    inArena[of[a]!]! += Number(repeats || isNew)
    if (!isNew) return
    asked.add(number)
    partners[a]! += 1
    partners[b]! += 1
  }
  first.forEach((row, i) => {
    add({ first: row, second: second[i]! })
  })
  return { asked, inArena, partners, add }
}

/**
 * Dueling Thompson sampling: two independent draws of all rewards from what labels so far say about them; the best in
 * the first meets the best other one in the second. So it asks most about responses that may yet be the best. Rewards
 * are Bradley–Terry strengths, or wᵀφ of the table's features, with a Gaussian prior and Laplace's approximation.
 * Prompts take turns, the one asked least first.
 *
 * Source: 1604.07101, Double Thompson Sampling, here of Bradley–Terry rewards instead of a preference matrix. Proven
 * against its definition, by simulation.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`; `NOT_IDENTIFIED` for features
 * that rounding makes one, when proposing.
 */
export function thompsonDesign(table: ResponseTable, options: ThompsonDesignOptions = {}): AdaptiveDesign {
  const { scope, repeats, priorVariance, seed } = checkedOptions(options)
  const { groups, of, responses } = arenasOf(table, scope)
  const posteriorAfter = posteriorOf(table, priorVariance)
  const key = keyOf(PURPOSE, seed)
  const order = Array.from({ length: groups.count }, (_, k) => permuted(k, groups.count, key))
  const available = order.map((_, arena) => {
    const pairs = pairsAmong(sizeOf(groups, arena))
    return repeats && pairs > 0 ? Number.POSITIVE_INFINITY : pairs
  })
  const propose = (history: PairingHistory, count: number): Pair[] => {
    checkProposal(history, count, responses)
    const posterior = posteriorAfter(history)
    const { asked, inArena, partners, add } = tally(history, responses, of, groups.count, repeats)
    const next = (arena: number, place: number): Pair => {
      const rows = groups.rows.subarray(groups.starts[arena], groups.starts[arena + 1])
      const sample = (side: number) => posterior.draw(streamOf(PURPOSE, seed, place, side))
      const first = bestOf(rows, sample(0), (row) => repeats || partners[row]! < rows.length - 1)
      const isNew = (row: number) => repeats || !asked.has(pairNumber(first, row, responses))
      const second = bestOf(rows, sample(1), (row) => row !== first && isNew(row))
      return tossed(first, second, keyOf(PURPOSE, seed, place))
    }
    const pairs: Pair[] = []
    for (;;) {
      const active = order.filter((arena) => inArena[arena]! < available[arena]!)
      const least = active.reduce((most, arena) => Math.min(most, inArena[arena]!), Number.POSITIVE_INFINITY)
      for (const arena of active) {
        if (inArena[arena] !== least) continue
        if (pairs.length === count) return pairs
        const pair = next(arena, history.first.length + pairs.length)
        add(pair)
        pairs.push(pair)
      }
      if (active.length === 0 || pairs.length === count) return pairs
    }
  }
  return { responses, propose }
}
