import { cpus } from 'node:os'
import { type Comparison, promptText, responseText } from '@prefkit/datasets'
import type { RewardModelOptions, TrainingRecord } from '@prefkit/reward-models'
import { accuracyInterval } from '../report/accuracy-interval'
import { fromComparisonReport } from '../report/from-comparison-report'
import { type LengthBaseline, lengthBaseline } from '../report/length-baseline'
import type {
  LearningCurve,
  MarginSample,
  Mistake,
  ModelResult,
  RewardReportData,
} from '../report/report-data'
import { version } from '../version'
import type { RewardEvaluation } from './evaluate-reward'

/** Most mistakes a report shows of one model. */
const shownMistakes = 5

/** What the report's parts of one model are called. */
export interface ReportLabels {
  readonly model: string
  readonly dataset?: string
}

/** The table row, diagrams and mistakes of an evaluated model. */
export function evaluationParts(
  { report, comparisons, chosenScores, rejectedScores }: RewardEvaluation,
  labels: ReportLabels & { readonly trainingSeconds?: number },
): Required<
  Pick<RewardReportData, 'models' | 'reliability' | 'length' | 'margins' | 'mistakes' | 'groupAccuracy'>
> {
  const { model, dataset } = labels
  const margins = Array.from(chosenScores, (score, i) => score - rejectedScores[i]!)
  const sample: MarginSample = { model, dataset, margins }
  const groupAccuracy = (report.sources ?? []).map(({ source, accuracy }) => ({
    model,
    dataset,
    group: `${source}`,
    pairs: accuracy.total,
    accuracy: accuracy.accuracy,
    interval: accuracy.wilson,
  }))
  const worst = [...margins.keys()].sort((a, b) => margins[a]! - margins[b]!).slice(0, shownMistakes)
  const mistakes = worst
    .filter((i) => margins[i]! < 0)
    .map((i) => mistakeOf(comparisons[i]!, [chosenScores[i]!, rejectedScores[i]!], { model, dataset }))
  return { ...fromComparisonReport(report, labels), margins: [sample], mistakes, groupAccuracy }
}

function mistakeOf(
  comparison: Comparison,
  [chosenScore, rejectedScore]: readonly [number, number],
  labels: ReportLabels,
): Mistake {
  const { chosen, rejected, votes } = comparison
  const count = (verdict: string) => votes!.filter((vote) => vote.verdict === verdict).length
  return {
    ...labels,
    prompt: promptText(comparison),
    chosen: responseText(chosen),
    rejected: responseText(rejected),
    chosenScore,
    rejectedScore,
    ...(votes && { votes: { chosen: count('chosen'), rejected: count('rejected'), equal: count('tie') } }),
  }
}

/** A curve a member: the mean training loss of each epoch, and the validation figures at its end. */
export function learningCurves(
  records: readonly TrainingRecord[],
  { model, dataset, keep = 'best' }: ReportLabels & Partial<Pick<RewardModelOptions, 'keep'>>,
): LearningCurve[] {
  const members = [...new Set(records.map(({ member }) => member))]
  return members.map((member) => {
    const own = records.filter((record) => record.member === member)
    const points = [...Map.groupBy(own, ({ epoch }) => Math.ceil(epoch)).entries()].map(([step, batches]) => {
      const { eval_loss, eval_accuracy } = batches.at(-1)!
      const trainLoss = batches.reduce((sum, { loss }) => sum + loss, 0) / batches.length
      return { step, trainLoss, validationLoss: eval_loss, validationAccuracy: eval_accuracy }
    })
    const losses = points.map(({ validationLoss }) => validationLoss ?? Number.POSITIVE_INFINITY)
    const best = keep === 'best' ? points[losses.indexOf(Math.min(...losses))] : points.at(-1)
    const bestStep = best?.step
    const name = members.length > 1 ? `${model}, member ${member + 1}` : model
    return { model: name, dataset, points, ...(points[0]?.validationLoss !== undefined && { bestStep }) }
  })
}

/** How far one comes on comparisons by length alone. */
export const lengthBaselineOf = (
  comparisons: readonly Comparison[],
  groups?: readonly string[],
): LengthBaseline =>
  lengthBaseline(
    comparisons.map(({ chosen }) => responseText(chosen).length),
    comparisons.map(({ rejected }) => responseText(rejected).length),
    groups,
  )

/** A baseline as a row of the table of models. */
export const baselineModel = ({ name, accuracy }: LengthBaseline, dataset?: string): ModelResult => ({
  name,
  kind: 'baseline',
  dataset,
  accuracy: accuracy.accuracy,
  interval: accuracyInterval(accuracy),
  pairs: accuracy.total,
})

/** What a run took place on, for the end of a report. */
export const environmentFacts = (backend: string): Record<string, string | number> => ({
  prefkit: version,
  backend,
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
})
