import { type ConvertOptions, convertComparisons } from '@prefkit/datasets'
import { describeReading } from '../describe-reading'
import { counted } from '../format-table'
import { printJson, printText } from '../print'

/** Options of `prefkit data convert`. */
export interface ConvertActionOptions extends ConvertOptions {
  readonly out: string
  readonly json: boolean
}

/** Runs `prefkit data convert`. */
export async function convertData(
  files: string[],
  { out, json, ...options }: ConvertActionOptions,
): Promise<void> {
  const result = await convertComparisons(files, out, options)
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
