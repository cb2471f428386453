import type { ReadReport } from '@prefkit/datasets'
import { counted } from './format-table'

/** What a reading came to, in a few lines: dialect and why, counts, and the first faults of rows left out. */
export function describeReading({ files, comparisons, ties, unpaired, skipped, errors }: ReadReport): string {
  const lines = files.map(
    ({ file, format, dialect, why, rows }) =>
      `${file}: ${counted(rows, 'row')} of ${format}, read as ${dialect} because ${why}`,
  )
  const others = [
    [ties, 'tie'],
    [unpaired, 'unpaired response'],
    [skipped, 'bad row'],
  ] as const
  const left = others.filter(([count]) => count > 0).map(([count, noun]) => counted(count, noun))
  const rest = left.length > 0 ? `; left out: ${left.join(', ')}` : ''
  const faults = describeFaults(errors, skipped)
  return [...lines, `${counted(comparisons, 'comparison')}${rest}`, ...faults].join('\n')
}

/** A line for each of the first faults, and one that says how many there are besides. */
export function describeFaults(errors: readonly { readonly message: string }[], count: number): string[] {
  const more = count > errors.length ? [`  … and ${count - errors.length} more`] : []
  return [...errors.map(({ message }) => `  ${message}`), ...more]
}
