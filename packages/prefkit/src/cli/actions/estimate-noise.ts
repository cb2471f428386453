import { type EstimateConfig, estimateNoise } from '../../noise/estimate-noise'
import { PrefkitError } from '../../prefkit-error'
import { requireWritableFile } from '../../runs/require-writable'
import { writeAtomic } from '../../runs/write-atomic'
import { shellCommand } from '../../shell-command'
import { describeNoise } from '../describe-noise'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { refuseOverwriting } from '../refuse-overwriting'

/** Options of `prefkit noise estimate`. */
export interface EstimateOptions extends Omit<EstimateConfig, 'files'> {
  readonly out?: string
  readonly quiet: boolean
  readonly json: boolean
}

/** Runs `prefkit noise estimate`. */
export async function estimateNoiseAction(files: string[], options: EstimateOptions): Promise<void> {
  const { columns, tie, model, errors, bootstrap, seed, out, json } = options
  if (!Number.isInteger(bootstrap) || bootstrap < 0 || bootstrap === 1)
    throw new PrefkitError(
      'INVALID_CONFIG',
      `--bootstrap: expected 0, or 2 resamples or more, got ${bootstrap}`,
    )
  if (out) {
    await requireWritableFile(out)
    await refuseOverwriting(out, files)
  }
  const progress = showProgress(options.quiet || json)
  const config = { files, columns, tie, model, errors, bootstrap, seed }
  const estimate = await interruptible('nothing was written', (signal) =>
    estimateNoise(config, { onProgress: progress.onProgress, signal }),
  ).finally(progress.stop)
  if (out) {
    const { estimateReport } = await import('../../noise/estimate-report')
    await writeAtomic(out, estimateReport(estimate, files, shellCommand()))
  }
  if (json) printJson({ ...estimate, ...(out && { report: out }) })
  else printText([describeNoise(estimate), ...(out ? [`report: ${out}`] : [])].join('\n'))
}
