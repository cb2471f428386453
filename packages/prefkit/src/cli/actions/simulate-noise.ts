import type { CalibrationName, DesignName } from '../../noise/design-names'
import { comparisonRows, type Simulation, simulateComparisons } from '../../noise/simulate-comparisons'
import { requireWritableFile } from '../../runs/require-writable'
import { writeAtomic } from '../../runs/write-atomic'
import { type AnnotatorOptions, annotatorConfigOf } from '../annotator-config'
import { counted, percent } from '../format-table'
import { fileContent } from '../gzip-lines'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { refuseOverwriting } from '../refuse-overwriting'

/** Options of `prefkit noise simulate`. */
export interface SimulateOptions extends AnnotatorOptions {
  readonly out: string
  readonly columns: Record<string, string>
  readonly design?: DesignName
  readonly budget?: number
  readonly batch?: number
  readonly errorRate?: number
  readonly calibrateOn?: CalibrationName
  readonly annotators: number
  readonly votes: number
  readonly seed: number
  readonly quiet: boolean
  readonly json: boolean
}

/** Runs `prefkit noise simulate`. */
export async function simulateNoiseAction(files: string[], options: SimulateOptions): Promise<void> {
  const { out, columns, design, budget, batch, errorRate, calibrateOn, annotators, votes, seed, json } =
    options
  await requireWritableFile(out)
  await refuseOverwriting(out, files)
  const progress = showProgress(options.quiet || json)
  const config = { files, columns, design, budget, batch, errorRate, calibrateOn, annotators, votes, seed }
  const simulation = await interruptible(`${out} was not written`, async (signal) => {
    const work = { onProgress: progress.onProgress, signal }
    const found = await simulateComparisons({ ...config, annotator: annotatorConfigOf(options) }, work)
    await writeAtomic(out, fileContent(out, comparisonRows(found)))
    return found
  }).finally(progress.stop)
  if (json) printJson({ out, ...simulation.summary })
  else printText(describe(simulation, out))
}

const orNone = (rate: number | null): string => (rate === null ? '–' : percent(rate))

function describe({ summary }: Simulation, out: string): string {
  const { calibrated, labels, pairs, ties } = summary
  const found =
    calibrated?.parameter === 'beta'
      ? [`calibrated: β = ${calibrated.value.toPrecision(4)}`]
      : calibrated
        ? [`calibrated: ${percent(calibrated.value)} of the answers are flipped`]
        : []
  const each = labels === pairs ? '' : `, ${counted(labels, 'label')}`
  return [
    `${counted(summary.responses, 'response')} to ${counted(summary.prompts, 'prompt')}; ${counted(pairs, 'pair')}${each}`,
    ...found,
    `wrong: ${orNone(summary.errorRate)} of the decided labels (to be expected: ${orNone(summary.expectedErrorRate)})`,
    ...(ties > 0 ? [`ties:  ${percent(ties / labels)}`] : []),
    `mean difference of scores in a pair: ${summary.meanAbsoluteDifference.toPrecision(4)}`,
    `wrote ${out}`,
  ].join('\n')
}
