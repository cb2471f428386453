import { formatCount } from '../report/format-number'
import type { RowCounts } from './row-counts'

/** What of the rows was not judged, in words: `3 ties, 1 bad row`; '' for nothing. */
export const leftOut = ({ ties, unpaired, skipped }: RowCounts): string =>
  (
    [
      [ties, 'tie'],
      [unpaired, 'unpaired response'],
      [skipped, 'bad row'],
    ] as const
  )
    .filter(([count]) => count > 0)
    .map(([count, noun]) => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`)
    .join(', ')
