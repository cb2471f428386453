import { type ConvertOptions, readComparisons, writeComparisons } from '@prefkit/datasets'
import { readProgress } from '../../reward/read-progress'
import { requireWritableFile } from '../../runs/require-writable'
import { describeReading } from '../describe-reading'
import { counted } from '../format-table'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'

/** Options of `prefkit data convert`. */
export interface ConvertActionOptions extends ConvertOptions {
  readonly out: string
  readonly json: boolean
}

/** Runs `prefkit data convert`. */
export async function convertData(
  files: string[],
  { out, json, from, to, ...options }: ConvertActionOptions,
): Promise<void> {
  await requireWritableFile(out)
  const progress = showProgress(json)
  const reader = readComparisons(files, { ...options, dialect: from })
  const report = await interruptible(`${out} was not written`, (signal) =>
    writeComparisons(out, readProgress(reader, files, { onProgress: progress.onProgress, signal }), {
      dialect: to,
      skipBad: options.skipBad,
    }),
  ).finally(progress.stop)
  const result = { read: reader.report, written: report }
  if (json) {
    printJson(result)
    return
  }
  const { written, skipped, errors, dropped, dialect } = result.written
  const lost = Object.entries(dropped).map(([name, count]) => `${name} (${counted(count, 'row')})`)
  printText(
    [
      describeReading(result.read),
      `wrote ${counted(written, 'row')} as ${dialect} to ${out}${skipped > 0 ? `; left out: ${skipped}` : ''}`,
      ...errors.map(({ message }) => `  ${message}`),
      ...(lost.length > 0 ? [`${dialect} has no field for: ${lost.join(', ')}`] : []),
    ].join('\n'),
  )
}
