import type { LengthBaseline } from '../../report/length-baseline'
import type { ModelResult, ReportDataset, RewardReportData } from '../../report/report-data'
import {
  baselineModel,
  environmentFacts,
  evaluationParts,
  learningCurves,
  lengthBaselineOf,
} from '../../reward/reward-report'
import type { DemoDataset } from './demo-dataset'
import { demoModels } from './recipe'
import type { DemoResult } from './run-demo'

/** How far one comes on a data set by length alone. */
export const datasetBaseline = ({ comparisons, groupOf }: DemoDataset): LengthBaseline =>
  lengthBaselineOf(comparisons, comparisons.map(groupOf))

/** Everything the demo's report shows. */
export function demoReport(
  results: readonly DemoResult[],
  { backend, seed, command }: { readonly backend: string; readonly seed: number; readonly command: string },
): RewardReportData {
  const datasets = [...new Set(results.map(({ dataset }) => dataset))]
  const parts = results.map(partsOf)
  return {
    title: 'Reward models from human comparisons',
    subtitle:
      'Bradley–Terry and classification, by linear heads and boosted trees on sentence embeddings, tested on debates and prompts they never saw.',
    datasets: datasets.map(describeDataset),
    models: [...parts.flatMap(({ models }) => models), ...datasets.map(baselineRow)],
    learningCurves: parts.flatMap(({ learningCurves }) => learningCurves),
    reliability: parts.flatMap(({ reliability }) => reliability),
    bestOfN: parts.flatMap(({ bestOfN }) => bestOfN),
    goldenName: datasets.find(({ goldenName }) => goldenName)?.goldenName,
    margins: parts.flatMap(({ margins }) => margins),
    groupAccuracy: parts.flatMap(({ groupAccuracy }) => groupAccuracy),
    groupName: 'topic',
    length: parts.flatMap(({ length }) => length),
    mistakes: parts.flatMap(({ mistakes }) => mistakes),
    mayOffend: true,
    environment: { facts: { ...environmentFacts(backend), seed }, commands: [command] },
  }
}

function partsOf({ dataset, model, evaluation, records, seconds, bestOfN }: DemoResult) {
  const labels = { model: demoModels[model].name, dataset: dataset.about.name }
  return {
    ...evaluationParts(evaluation, { ...labels, trainingSeconds: seconds }),
    learningCurves: learningCurves(records, labels),
    bestOfN: bestOfN ? [{ ...labels, curve: bestOfN }] : [],
  }
}

const describeDataset = ({ about, comparisons, groupOf }: DemoDataset): ReportDataset => ({
  ...about,
  pairs: comparisons.length,
  groups: new Set(comparisons.map(groupOf)).size,
})

const baselineRow = (dataset: DemoDataset): ModelResult =>
  baselineModel(datasetBaseline(dataset), dataset.about.name)
