import { join } from 'node:path'
import { appendLines, keepLines, readLines } from '../../../runs/json-lines'
import type { Alert } from '../../monitors/monitor'
import type { StepRecord } from '../../step-record'
import { runFiles } from '../run-files'
import type { SampleRow, StepTiming } from './run-event'

/** Rows of each file of a run. */
interface Rows {
  readonly metrics: StepRecord
  readonly timings: StepTiming
  readonly samples: SampleRow
  readonly alerts: Alert
}

type FileName = keyof Rows

const names: readonly FileName[] = ['metrics', 'timings', 'samples', 'alerts']

/** How many lines of each file belong to what was done up to some moment. */
export type LineCounts = Readonly<Record<FileName, number>>

/** Where nothing was done. */
export const noLines: LineCounts = { metrics: 0, timings: 0, samples: 0, alerts: 0 }

const fileNames: Readonly<Record<FileName, string>> = { ...runFiles, metrics: 'metrics.jsonl' }
const pathOf = (directory: string, name: FileName): string => join(directory, fileNames[name])

/** The rows of a file of a run, in order: none where it was never written. */
export const readRunRows = <Name extends FileName>(directory: string, name: Name): Promise<Rows[Name][]> =>
  readLines<Rows[Name]>(pathOf(directory, name))

/** The files of a run that grow with its steps. */
export interface RunJournal {
  append<Name extends FileName>(name: Name, rows: readonly Rows[Name][]): Promise<void>
  /** Lines of each file, now. */
  counts(): LineCounts
}

/**
 * Opens the files of a run, cut back to so many lines each: what a killed session has written after them is made again.
 * @throws PrefkitError `DATA_CORRUPT` for a file with fewer, `WRITE_FAILED`.
 */
export async function openJournal(directory: string, counts: LineCounts): Promise<RunJournal> {
  for (const name of names) await keepLines(pathOf(directory, name), counts[name])
  let now = counts
  return {
    async append(name, rows) {
      await appendLines(pathOf(directory, name), rows)
      now = { ...now, [name]: now[name] + rows.length }
    },
    counts: () => now,
  }
}
