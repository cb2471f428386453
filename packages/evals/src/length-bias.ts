import { checkColumns, checkFinite, checkSameLength, checkScorePairs } from './check-input'
import { pearson, spearman } from './correlation'
import { type PairwiseAccuracy, pairwiseAccuracy } from './pairwise-accuracy'
import type { Interval } from './wilson-interval'

/** Input of {@link lengthBias}: four columns, one value a comparison. */
export interface LengthBiasInput {
  chosenScores: ArrayLike<number>
  rejectedScores: ArrayLike<number>
  /** Length of each chosen response, in characters, words or tokens: the same unit on both sides. */
  chosenLengths: ArrayLike<number>
  rejectedLengths: ArrayLike<number>
}

/** Accuracy over a part of the comparisons; null where the part is empty. */
export interface PartAccuracy {
  count: number
  accuracy: number | null
  interval: Interval | null
}

/** What {@link lengthBias} found. */
export interface LengthBias {
  /** Correlation of score difference and length difference; null where either does not vary. */
  pearson: number | null
  spearman: number | null
  /** The model's accuracy where the chosen response is the longer, the shorter, or as long. */
  chosenLonger: PartAccuracy
  chosenShorter: PartAccuracy
  sameLength: PartAccuracy
  /** Accuracy of always preferring the longer response; equal lengths count half. */
  longerWins: PairwiseAccuracy
}

function part({ chosenScores, rejectedScores }: LengthBiasInput, rows: number[]): PartAccuracy {
  if (rows.length === 0) return { count: 0, accuracy: null, interval: null }
  const chosen = rows.map((row) => chosenScores[row]!)
  const rejected = rows.map((row) => rejectedScores[row]!)
  const { accuracy, wilson } = pairwiseAccuracy(chosen, rejected)
  return { count: rows.length, accuracy, interval: wilson }
}

/**
 * How much a reward model follows length, beside the plain rule "the longer response wins".
 *
 * Correlations take each comparison in both orders, (margin, Δlength) and (−margin, −Δlength), so they measure the
 * scores' tie to length and not whether chosen responses happen to be long. A model that only counts words scores
 * 100 % where the chosen is longer and 0 % where it is shorter.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`
 */
export function lengthBias(input: LengthBiasInput): LengthBias {
  checkColumns('lengthBias', input)
  const { chosenScores, rejectedScores, chosenLengths, rejectedLengths } = input
  checkScorePairs(chosenScores, rejectedScores)
  checkSameLength({ chosenScores, chosenLengths, rejectedLengths })
  checkFinite('chosenLengths', chosenLengths)
  checkFinite('rejectedLengths', rejectedLengths)
  const margins = Array.from(chosenScores, (score, i) => score - rejectedScores[i]!)
  const lengths = Array.from(chosenLengths, (length, i) => length - rejectedLengths[i]!)
  const [x, y] = [
    [...margins, ...margins.map((m) => -m)],
    [...lengths, ...lengths.map((d) => -d)],
  ]
  const rowsWhere = (sign: number) => lengths.flatMap((d, row) => (Math.sign(d) === sign ? [row] : []))
  return {
    pearson: pearson(x, y),
    spearman: spearman(x, y),
    chosenLonger: part(input, rowsWhere(1)),
    chosenShorter: part(input, rowsWhere(-1)),
    sameLength: part(input, rowsWhere(0)),
    longerWins: pairwiseAccuracy(chosenLengths, rejectedLengths, { ties: 'half' }),
  }
}
