import { appendFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFailure } from '../../../runs/write-atomic'
import type { StepRecord } from '../../step-record'
import type { Logger } from '../logger'
import {
  histogramValue,
  type SummaryValue,
  scalarValue,
  sessionStartEvent,
  summaryEvent,
  textValue,
  versionEvent,
} from './event'
import { eventFileName } from './event-file-name'
import { histogramOf } from './histogram'
import { joinBytes } from './protobuf'
import { recordFrame } from './record-frame'

/** Options of {@link tensorboardLogger}. */
export interface TensorboardOptions {
  /** Holds a directory for each stage, which TensorBoard shows as a run. Made when the first values come. */
  readonly directory: string
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
}

/** The name of a stage as that of a directory. */
const directoryName = (stage: string): string =>
  encodeURIComponent(stage).replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'))

/** Names that say where a record belongs and are no values. */
const places = new Set(['stage', 'step'])

const valueOf = (tag: string, value: unknown): SummaryValue | undefined => {
  if (typeof value === 'number') return scalarValue(tag, value)
  return typeof value === 'string' ? textValue(tag, value) : undefined
}

/** Numbers become scalars and strings texts; what is neither, such as the `null` of a NaN in JSON, is left out. */
const recordValues = (record: StepRecord): SummaryValue[] =>
  Object.entries(record)
    .filter(([tag]) => !places.has(tag))
    .flatMap(([tag, value]) => valueOf(tag, value) ?? [])

/**
 * Event files for TensorBoard (`tensorboard --logdir <directory>`): a directory and so a run for each stage, in it a
 * file for each session that logged something in that stage. Every file begins by telling readers to drop what
 * earlier sessions wrote of the steps that it goes on with, so that no step is shown twice after a run was killed.
 * Numbers are rounded to f32.
 *
 * Distributions are histograms under `distributions/`: TensorBoard has one kind of value under each name. What a call
 * logged is in the file when it ends.
 * @throws PrefkitError `WRITE_FAILED`, such as when the disk is full.
 */
export function tensorboardLogger({ directory, now = Date.now }: TensorboardOptions): Logger {
  const lastKept = new Map<string, number>()
  const files = new Map<string, string>()
  // One write at a time: two would take turns within an event.
  let writing: Promise<void> = Promise.resolve()

  const begin = async (stage: string): Promise<{ path: string; header: Uint8Array[] }> => {
    const parent = join(directory, directoryName(stage))
    await mkdir(parent, { recursive: true })
    const wallTime = now() / 1000
    const step = (lastKept.get(stage) ?? -1) + 1
    return {
      path: join(parent, eventFileName(await readdir(parent), now())),
      header: [versionEvent(wallTime), sessionStartEvent({ wallTime, step })],
    }
  }

  const append = async (stage: string, events: readonly Uint8Array[]): Promise<void> => {
    const open = files.get(stage)
    const { path, header } = open ? { path: open, header: [] } : await begin(stage)
    await appendFile(path, joinBytes([...header, ...events].map(recordFrame)))
    files.set(stage, path)
  }

  const write = (stage: string, events: readonly Uint8Array[]): Promise<void> => {
    const written = writing.then(() => append(stage, events))
    writing = written.catch(() => {})
    return written.catch((cause: unknown) => {
      throw writeFailure(directory, cause)
    })
  }

  return {
    async keep(records) {
      for (const { stage, step } of records) lastKept.set(stage, Math.max(step, lastKept.get(stage) ?? step))
    },
    async log(records) {
      for (const [stage, own] of Map.groupBy(records, (record) => record.stage)) {
        const wallTime = now() / 1000
        await write(
          stage,
          own.map((record) => summaryEvent({ wallTime, step: record.step }, recordValues(record))),
        )
      }
    },
    async distributions({ stage, step, values }) {
      const histograms = Object.entries(values).flatMap(([tag, numbers]) => {
        const histogram = histogramOf(numbers)
        return histogram ? [histogramValue(`distributions/${tag}`, histogram)] : []
      })
      if (histograms.length > 0)
        await write(stage, [summaryEvent({ wallTime: now() / 1000, step }, histograms)])
    },
    async close() {
      await writing
    },
  }
}
