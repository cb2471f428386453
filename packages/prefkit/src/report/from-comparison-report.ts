import type { ComparisonReport } from '@prefkit/evals'
import { accuracyInterval } from './accuracy-interval'
import type { LengthResult, ModelResult, ReliabilityDiagram, RewardReportData } from './report-data'

/** What {@link fromComparisonReport} needs to know besides the evaluation. */
export interface FromComparisonReportOptions {
  /** What the model is called. */
  model: string
  /** What it was tested on; leave it out where there is only one. */
  dataset?: string
  /** A model, or a baseline. Default: a model. */
  kind?: ModelResult['kind']
  /** Seconds that training took, for the table. */
  trainingSeconds?: number
}

/**
 * The parts of a report that an evaluation by `evaluateComparisons` fills: one row of the table, the reliability
 * diagram, and length where it was measured. The interval is the bootstrap over groups where there is one.
 *
 * @returns arrays of one element or none, to be joined with those of other models
 */
export function fromComparisonReport(
  report: ComparisonReport,
  { model, dataset, kind, trainingSeconds }: FromComparisonReportOptions,
): Required<Pick<RewardReportData, 'models' | 'reliability' | 'length'>> {
  const { accuracy, calibration, length, comparisons } = report
  const result: ModelResult = {
    name: model,
    dataset,
    kind,
    accuracy: accuracy.accuracy,
    interval: accuracyInterval(accuracy),
    pairs: comparisons,
    logLoss: calibration.logLoss,
    calibrationError: calibration.expectedCalibrationError,
    trainingSeconds,
  }
  const diagram: ReliabilityDiagram = { model, dataset, bins: calibration.bins }
  const lengths: LengthResult[] = length ? [{ model, dataset, length }] : []
  return { models: [result], reliability: [diagram], length: lengths }
}
