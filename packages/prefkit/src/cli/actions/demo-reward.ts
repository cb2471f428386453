import type { BackendChoice } from '@prefkit/tensor'
import { datasetBaseline, demoReport } from '../../demo/reward/demo-report'
import { hhHarmless } from '../../demo/reward/hh-harmless'
import { demoModelNames, demoModels } from '../../demo/reward/recipe'
import { type DemoResult, demoResult } from '../../demo/reward/run-demo'
import { ukpDebates } from '../../demo/reward/ukp-debates'
import { accuracyInterval } from '../../report/accuracy-interval'
import { withRunLocked } from '../../runs/lock-run'
import { requireWritable } from '../../runs/require-writable'
import { appendMetrics, beginRun, type RunDirectory, removeRun, requireNoRun } from '../../runs/run-directory'
import { writeAtomic } from '../../runs/write-atomic'
import { shellCommand } from '../../shell-command'
import { version } from '../../version'
import { announceBackend } from '../announce-backend'
import { counted, formatTable, percent, percentRange } from '../format-table'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { newRunPath } from '../run-path'

/** Options of `prefkit demo reward`. */
export interface DemoRewardOptions {
  readonly out?: string
  readonly seed: number
  readonly backend: BackendChoice
  readonly quiet: boolean
  readonly json: boolean
}

/** Runs `prefkit demo reward`. */
export async function demoRewardAction(options: DemoRewardOptions): Promise<void> {
  const { out = newRunPath('demo-reward'), seed, backend, quiet, json } = options
  const begun = performance.now()
  const ran = await announceBackend(backend)
  await requireWritable(out)
  await requireNoRun(out)
  const results = await interruptible('nothing was written', (signal) =>
    allResults(options, quiet || json, signal),
  )
  const { renderRewardReport } = await import('../../report/index')
  const html = renderRewardReport(demoReport(results, { backend: ran, seed, command: shellCommand() }))
  const run = await withRunLocked(out, () =>
    writeRun(out, { command: 'demo reward', prefkit: version, seed, backend: ran }, results, html),
  )
  const seconds = (performance.now() - begun) / 1000
  if (json)
    printJson({
      run: run.path,
      report: run.reportPath,
      backend: ran,
      seconds,
      results: results.map(summaryOf),
    })
  else
    printText(
      `${describeResults(results)}\n\nran on ${ran}, ${seconds.toFixed(0)} s in all\nreport: ${run.reportPath}`,
    )
}

/** Writes the run of a demo: whole, or not at all, so that the demo can be run again. */
export async function writeRun(
  out: string,
  config: unknown,
  results: readonly DemoResult[],
  html: string,
): Promise<RunDirectory> {
  const run = await beginRun(out, config)
  const records = results.flatMap(({ records, model, dataset }) =>
    records.map((record) => ({ dataset: dataset.about.name, model, ...record })),
  )
  try {
    await appendMetrics(run, records)
    await writeAtomic(run.reportPath, html)
  } catch (error) {
    await removeRun(run)
    throw error
  }
  return run
}

async function allResults(
  { seed, backend }: DemoRewardOptions,
  quiet: boolean,
  signal: AbortSignal,
): Promise<DemoResult[]> {
  const datasets = [await ukpDebates(), await hhHarmless()]
  const total = demoModelNames.length * datasets.reduce((sum, { folds }) => sum + folds, 0)
  const progress = showProgress(quiet)
  const results: DemoResult[] = []
  let done = 0
  try {
    for (const dataset of datasets) {
      for (const model of demoModelNames) {
        const onFold = (): void => {
          signal.throwIfAborted()
          const note = `${dataset.about.name}, ${demoModels[model].name}`
          progress.onProgress({ phase: 'cross-validate', done: ++done, total, note })
        }
        results.push(await demoResult(dataset, model, { seed, backend, onFold }))
      }
    }
  } finally {
    progress.stop()
  }
  return results
}

const summaryOf = ({ dataset, model, evaluation, seconds, bestOfN }: DemoResult) => ({
  dataset: dataset.about.name,
  model,
  objective: demoModels[model].settings.objective,
  seconds,
  baseline: datasetBaseline(dataset).accuracy.accuracy,
  evaluation: evaluation.report,
  bestOfN: bestOfN ?? null,
})

function describeResults(results: readonly DemoResult[]): string {
  const datasets = [...new Set(results.map(({ dataset }) => dataset))]
  return datasets
    .map((dataset) => {
      const { about, comparisons } = dataset
      const { name, accuracy } = datasetBaseline(dataset)
      const rows = results
        .filter((result) => result.dataset === dataset)
        .map(({ model, evaluation, seconds }) => {
          const { accuracy, calibration } = evaluation.report
          return [
            demoModels[model].name,
            percent(accuracy.accuracy),
            percentRange(accuracyInterval(accuracy)),
            percent(calibration.expectedCalibrationError),
            `${seconds.toFixed(1)} s`,
          ]
        })
      const baseline = [name, percent(accuracy.accuracy), percentRange(accuracyInterval(accuracy)), '', '']
      const table = formatTable([
        ['model', 'accuracy', '95 %', 'calibration error', 'training'],
        ...rows,
        baseline,
      ])
      return `${about.name}: ${counted(comparisons.length, 'human comparison')}\n${about.split}\n\n${table}`
    })
    .join('\n\n')
}
