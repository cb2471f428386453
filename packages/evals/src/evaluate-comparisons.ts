import { type BootstrapOptions, resamplingNames } from './bootstrap-interval'
import { type ComparisonCalibration, calibrateComparisons } from './calibrate-comparisons'
import { checkOptions, checkSameLength, checkScorePairs, type OptionNames } from './check-input'
import { EvalsError } from './evals-error'
import { groupBy, type Labels, takeRows } from './group-by'
import { type LengthBias, lengthBias } from './length-bias'
import { mean, sampleDeviation } from './mean'
import { type PairwiseAccuracy, pairwiseAccuracy, type TieRule } from './pairwise-accuracy'
import { type BinningOptions, binningNames } from './reliability'
import { comparisonLogLoss } from './win-probability'

/** Input and options of {@link evaluateComparisons}; every column has one value a comparison. */
export interface EvaluateComparisonsInput
  extends Omit<BootstrapOptions, 'groups'>,
    Omit<BinningOptions, 'range'> {
  chosenScores: ArrayLike<number>
  rejectedScores: ArrayLike<number>
  /** Lengths in one unit; give both or neither. */
  chosenLengths?: ArrayLike<number>
  rejectedLengths?: ArrayLike<number>
  /** Where each comparison comes from: asks for the breakdown. */
  sources?: Labels
  /** Prompt or debate of each comparison: asks for a bootstrap over groups, of each source too if it has 2 or more. */
  groups?: Labels
  /** How equal scores count. Default `wrong`. */
  ties?: TieRule
}

const names: OptionNames<EvaluateComparisonsInput> = {
  chosenScores: true,
  rejectedScores: true,
  chosenLengths: true,
  rejectedLengths: true,
  sources: true,
  groups: true,
  ties: true,
  ...resamplingNames,
  ...binningNames,
}

/** The figures of one source. */
export interface SourceResult {
  source: string | number
  accuracy: PairwiseAccuracy
  /** Mean −log σ(margin), in nats. */
  logLoss: number
}

/** Plain data, safe to pass through JSON. */
export interface ComparisonReport {
  comparisons: number
  accuracy: PairwiseAccuracy
  margins: { mean: number; median: number; standardDeviation: number; minimum: number; maximum: number }
  calibration: ComparisonCalibration
  /** Present when lengths are given. */
  length?: LengthBias
  /** Present when sources are given: one a source in order of first appearance. */
  sources?: SourceResult[]
  /** Present when sources are given: mean of the sources' accuracies, each weighing the same. */
  meanSourceAccuracy?: number
}

function summarise(margins: Float64Array): ComparisonReport['margins'] {
  const sorted = margins.toSorted()
  const middle = (sorted.length - 1) / 2
  return {
    mean: mean(sorted),
    median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    standardDeviation: sorted.length < 2 ? 0 : sampleDeviation(sorted),
    minimum: sorted[0]!,
    maximum: sorted.at(-1)!,
  }
}

function bySource(
  { chosenScores, rejectedScores, groups, ...input }: EvaluateComparisonsInput,
  sources: Labels,
) {
  const { ties, resamples, seed, confidence } = input
  return [...groupBy(sources)].map(([source, rows]): SourceResult => {
    const chosen = takeRows(chosenScores, rows)
    const rejected = takeRows(rejectedScores, rows)
    const own = groups && { groups: rows.map((row) => groups[row]!) }
    return {
      source,
      accuracy: pairwiseAccuracy(chosen, rejected, { ties, resamples, seed, confidence, ...own }),
      logLoss:
        chosen.reduce((sum, score, i) => sum + comparisonLogLoss(score - rejected[i]!), 0) / rows.length,
    }
  })
}

/**
 * Everything this package can say of scored comparisons, as one plain object.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH` (also when one side's lengths are missing),
 *   `NOT_FINITE`, `OUT_OF_RANGE`, each naming the parameter and the index; `INVALID_OPTION`
 */
export function evaluateComparisons(input: EvaluateComparisonsInput): ComparisonReport {
  checkOptions('evaluateComparisons', input, names)
  const { chosenScores, rejectedScores, chosenLengths, rejectedLengths, sources, groups } = input
  checkScorePairs(chosenScores, rejectedScores)
  checkSameLength({ chosenScores, chosenLengths, rejectedLengths, sources, groups })
  if ((chosenLengths === undefined) !== (rejectedLengths === undefined)) {
    const missing = chosenLengths === undefined ? 'chosenLengths' : 'rejectedLengths'
    throw new EvalsError(
      'LENGTH_MISMATCH',
      missing,
      `${missing} is missing; expected both sides' lengths or neither`,
    )
  }
  const { ties, resamples, seed, confidence, bins, strategy } = input
  const report: ComparisonReport = {
    comparisons: chosenScores.length,
    accuracy: pairwiseAccuracy(chosenScores, rejectedScores, { ties, groups, resamples, seed, confidence }),
    margins: summarise(Float64Array.from(chosenScores, (score, i) => score - rejectedScores[i]!)),
    calibration: calibrateComparisons(chosenScores, rejectedScores, { bins, strategy }),
  }
  if (chosenLengths && rejectedLengths) {
    report.length = lengthBias({ chosenScores, rejectedScores, chosenLengths, rejectedLengths })
  }
  if (sources) {
    report.sources = bySource(input, sources)
    const accuracies = report.sources.map(({ accuracy }) => accuracy.accuracy)
    report.meanSourceAccuracy = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length
  }
  return report
}
