import { checkNames, choose } from '../check-options'
import type { Name } from '../names'
import { NoiseError } from '../noise-error'
import { checkOverlap } from './agreement'
import { columnSums, type Estimate, jackknife } from './jackknife'
import { type ClassesOption, labelCounts, type Votes, voteTable } from './votes'

/** How far apart two labels are. */
export type AlphaScale = 'nominal' | 'ordinal' | 'interval'

/** Options of {@link krippendorffAlpha}. */
export interface KrippendorffAlphaOptions extends ClassesOption {
  /**
   * How far apart labels are: `nominal`, different or not; `ordinal`, by how many votes lie between them in the order
   * of the classes; `interval`, their difference squared, for labels that are numbers. Default: `nominal`.
   */
  scale?: AlphaScale
}

/** α, and what it was made of. */
export interface Alpha extends Estimate {
  /** Observed disagreement D_o. */
  readonly observed: number
  /** Disagreement D_e to be expected by chance. */
  readonly expected: number
}

/** δ² of all pairs of classes, given how many votes each class has. */
type Distances = (totals: Float64Array) => (c: number, k: number) => number

const between = (totals: Float64Array, low: number, high: number): number =>
  totals.subarray(low, high + 1).reduce((sum, total) => sum + total, 0) - (totals[low]! + totals[high]!) / 2

const nominal: Distances = () => (c, k) => Number(c !== k)
const ordinal: Distances = (totals) => (c, k) => between(totals, Math.min(c, k), Math.max(c, k)) ** 2

const scales: Readonly<Record<AlphaScale, (classes: readonly Name[]) => Distances>> = {
  nominal: () => nominal,
  ordinal: () => ordinal,
  interval: (classes) => {
    const numbers = classes.map((name) => {
      if (typeof name === 'number') return name
      const message = `labels has the string ${JSON.stringify(name)}; expected numbers on an interval scale`
      throw new NoiseError('INVALID_OPTION', 'scale', message)
    })
    return () => (c, k) => (numbers[c]! - numbers[k]!) ** 2
  },
}

/** What each item with two votes or more adds to the matrix of coincidences: `[items, classes · classes]`. */
function coincidences(counts: Float64Array, classes: number): Float64Array {
  const rows: number[] = []
  for (let at = 0; at < counts.length; at += classes) {
    const votes = counts.subarray(at, at + classes)
    const size = votes.reduce((sum, count) => sum + count, 0)
    if (size < 2) continue
    for (let c = 0; c < classes; c++) {
      for (let k = 0; k < classes; k++) rows.push((votes[c]! * (votes[k]! - Number(c === k))) / (size - 1))
    }
  }
  return Float64Array.from(rows)
}

function alphaOf(sums: Float64Array, classes: number, distances: Distances): Omit<Alpha, 'standardError'> {
  const totals = new Float64Array(classes)
  for (let at = 0; at < sums.length; at++) totals[Math.floor(at / classes)]! += sums[at]!
  const size = totals.reduce((sum, total) => sum + total, 0)
  const distance = distances(totals)
  let [observed, expected] = [0, 0]
  for (let c = 0; c < classes; c++) {
    for (let k = 0; k < classes; k++) {
      if (c === k) continue
      observed += (sums[c * classes + k]! * distance(c, k)) / size
      expected += (totals[c]! * totals[k]! * distance(c, k)) / (size * (size - 1))
    }
  }
  return { observed, expected, value: 1 - observed / expected }
}

/**
 * Krippendorff's α = 1 − D_o/D_e: observed disagreement of votes on one item over that of votes on any, for any number
 * of votes an item. 1 is perfect, 0 is chance. Items with one vote are left out. The standard error is from leaving
 * out one item at a time.
 *
 * Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011). Proven against krippendorff 0.9.0 (`alpha`).
 *
 * @throws NoiseError `TOO_FEW` where no item has two votes; `NOT_IDENTIFIED` where all votes are the same;
 *   `INVALID_OPTION` for an interval scale of strings; `SHAPE_MISMATCH`, `OUT_OF_RANGE`.
 */
export function krippendorffAlpha(votes: Votes, options: KrippendorffAlphaOptions = {}): Alpha {
  checkNames('krippendorffAlpha', options, { classes: true, scale: true })
  const { scale = 'nominal', ...rest } = options
  const table = voteTable(votes, rest)
  const classes = table.classes.length
  const distances = choose('scale', scale, scales)(table.classes)
  const rows = coincidences(labelCounts(table), classes)
  checkOverlap(rows.length)
  const width = classes * classes
  const sums = columnSums(rows, width)
  const whole = alphaOf(sums, classes, distances)
  if (whole.expected === 0) {
    const message =
      'labels: all that count are the same; expected two labels or more, else chance leaves no disagreement'
    throw new NoiseError('NOT_IDENTIFIED', 'labels', message)
  }
  return { ...whole, ...jackknife(rows, width, (left) => alphaOf(left, classes, distances).value) }
}
