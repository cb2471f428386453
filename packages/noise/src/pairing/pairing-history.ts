import type { Numbers } from '../annotators/comparisons'
import { checkArray, checkColumns, checkIntegers, checkSameLength } from '../check-numbers'
import { checkInteger, checkNames, formatValue } from '../check-options'
import { NoiseError } from '../noise-error'
import { type Pair, pairNumber } from './pair-sequence'

/**
 * What was asked and answered so far, in the order it was asked: all that an adaptive design goes by. Plain arrays,
 * which JSON keeps.
 */
export interface PairingHistory {
  /** First response of each pair, by its place in the table. */
  readonly first: readonly number[]
  /** Second response of each pair. */
  readonly second: readonly number[]
  /** 1 where the first was preferred, −1 where the second was, 0 for a tie, null where no label came yet. */
  readonly labels: readonly (number | null)[]
}

/**
 * A design that goes by the labels so far: which pairs to ask next is a pure function of table, options and history.
 */
export interface AdaptiveDesign {
  /** How many responses the table has. */
  readonly responses: number
  /**
   * The next pairs, `count` at most. Fewer where labels have to come first; none where the design is at its end,
   * which it is when nothing is pending.
   */
  readonly propose: (history: PairingHistory, count: number) => Pair[]
}

/** Which responses meet: those of one `prompt`, or any of the `table`. */
export type Scope = 'prompt' | 'table'

/** A history without pairs. */
export const emptyHistory: PairingHistory = { first: [], second: [], labels: [] }

/** Throws `NoiseError` unless a history is one of a table with so many responses, or any number of them. */
export function checkHistory(history: PairingHistory, responses?: number): void {
  checkNames('history', history, { first: true, second: true, labels: true })
  const { first, second, labels } = history
  const columns = { 'history.first': first, 'history.second': second, 'history.labels': labels }
  checkColumns(columns, 'an entry for each pair')
  checkSameLength(columns)
  checkIntegers('history.first', first, 0, responses)
  checkIntegers('history.second', second, 0, responses)
  for (let i = 0; i < first.length; i++) checkDifferent(`history.second[${i}]`, first[i]!, second[i]!)
  labels.forEach((label, i) => {
    if (label !== null) checkLabel(`history.labels[${i}]`, label)
  })
}

function checkDifferent(parameter: string, first: number, second: number): void {
  if (first !== second) return
  const message = `${parameter} is ${second}, as the first; expected another response`
  throw new NoiseError('OUT_OF_RANGE', parameter, message)
}

/** Throws `NoiseError` unless these are pairs of different responses. */
function checkPairs(pairs: readonly Pair[]): void {
  checkArray('pairs', pairs)
  pairs.forEach((pair, i) => {
    checkNames(`pairs[${i}]`, pair, { first: true, second: true })
    checkInteger(`pairs[${i}].first`, pair.first, 0)
    checkInteger(`pairs[${i}].second`, pair.second, 0)
    checkDifferent(`pairs[${i}].second`, pair.first, pair.second)
  })
}

function checkLabel(parameter: string, label: number): void {
  if (label === 1 || label === -1 || label === 0) return
  const message = `${parameter} is ${formatValue(label)}; expected 1 for the first, −1 for the second, 0 for a tie`
  throw new NoiseError('OUT_OF_RANGE', parameter, message)
}

/**
 * A history with further pairs, whose labels are to come.
 *
 * Source: this package. Proven against its definition.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function extendHistory(history: PairingHistory, pairs: readonly Pair[]): PairingHistory {
  checkHistory(history)
  checkPairs(pairs)
  return {
    first: [...history.first, ...pairs.map(({ first }) => first)],
    second: [...history.second, ...pairs.map(({ second }) => second)],
    labels: [...history.labels, ...pairs.map(() => null)],
  }
}

const pendingPlaces = ({ labels }: PairingHistory): number[] =>
  labels.flatMap((label, place) => (label === null ? [place] : []))

/** Where the labels of these pairs go, and 1, or −1 where the pair is given the other way round. */
function placesOf(history: PairingHistory, pairs: readonly Pair[]): [place: number, sign: number][] {
  const rows = history.first.concat(history.second).reduce((most, row) => Math.max(most, row), 0) + 1
  const numberAt = (place: number) => pairNumber(history.first[place]!, history.second[place]!, rows)
  // Of two that are pending for one pair, the older is answered first.
  const pending = Map.groupBy(pendingPlaces(history), numberAt)
  return pairs.map(({ first, second }, i) => {
    const place = pending.get(pairNumber(first, second, rows))?.shift()
    if (place !== undefined) return [place, history.first[place] === first ? 1 : -1]
    const message = `pairs[${i}] is ${first} and ${second}; expected a pair that waits for its label`
    throw new NoiseError('OUT_OF_RANGE', `pairs[${i}]`, message)
  })
}

/**
 * A history with labels for pairs that wait for them.
 *
 * Source: this package. Proven against its definition.
 *
 * @param labels `[N]` of 1, −1 and 0, as `simulateAnnotations` gives.
 * @param pairs `[N]`, which they are for, in either order of sides. Default: the pairs that have waited longest.
 * @throws NoiseError `OUT_OF_RANGE` for other labels, more than are waited for, or pairs that do not wait;
 * `SHAPE_MISMATCH`.
 */
export function recordLabels(
  history: PairingHistory,
  labels: Numbers,
  pairs?: readonly Pair[],
): PairingHistory {
  checkHistory(history)
  checkArray('labels', labels, 'an array of labels')
  if (pairs !== undefined) checkPairs(pairs)
  checkSameLength({ labels, pairs })
  for (let i = 0; i < labels.length; i++) checkLabel(`labels[${i}]`, labels[i]!)
  const waiting = pairs === undefined ? pendingPlaces(history) : []
  if (pairs === undefined && labels.length > waiting.length) {
    const message = `labels has ${labels.length} values; ${waiting.length} pairs wait for one`
    throw new NoiseError('OUT_OF_RANGE', 'labels', message)
  }
  const places = pairs === undefined ? waiting.map((place) => [place, 1] as const) : placesOf(history, pairs)
  const all = [...history.labels]
  for (let i = 0; i < labels.length; i++) {
    const [place, sign] = places[i]!
    // Adding 0 makes −0 of a tie a plain one.
    all[place] = sign * labels[i]! + 0
  }
  return { ...history, labels: all }
}

/**
 * The comparisons of a history that have labels, as `fitBradleyTerry` takes them: outcome 1 where the first was
 * preferred, 0 where the second was, ½ for a tie.
 *
 * Source: this package. Proven against its definition.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function answeredComparisons(history: PairingHistory) {
  checkHistory(history)
  const { first, second, labels } = history
  const answered = labels.flatMap((label, place) => (label === null ? [] : [place]))
  return {
    first: answered.map((place) => first[place]!),
    second: answered.map((place) => second[place]!),
    outcomes: answered.map((place) => (labels[place]! + 1) / 2),
  }
}
