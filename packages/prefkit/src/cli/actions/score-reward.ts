import { pipeline } from 'node:stream/promises'
import type { ScoreOptions } from '@prefkit/reward-models'
import { embedForModel } from '../../reward/embed-with-cache'
import { openModel } from '../../reward/open-model'
import { scoreResponses } from '../../reward/score-responses'
import { requireWritableFile } from '../../runs/require-writable'
import { writeAtomic } from '../../runs/write-atomic'
import { announceRunner } from '../announce-backend'
import { describeFaults } from '../describe-reading'
import { counted } from '../format-table'
import { asLines, fileContent } from '../gzip-lines'
import { interruptible } from '../interruptible'
import { showProgress } from '../progress'

/** Options of `prefkit reward score`. */
export interface ScoreActionOptions extends Required<Pick<ScoreOptions, 'combine' | 'penalty'>> {
  readonly model: string
  readonly out?: string
  readonly skipBad: boolean
  readonly backend: NonNullable<ScoreOptions['backend']>
  readonly cache: string
  readonly quiet: boolean
  readonly json: boolean
}

/** Most bad rows that are shown. */
const shownErrors = 5

/** Runs `prefkit reward score`. */
export async function scoreRewardAction(file: string, options: ScoreActionOptions): Promise<void> {
  const { out, skipBad, combine, penalty, backend } = options
  if (out !== undefined) await requireWritableFile(out)
  const model = await openModel(options.model)
  const embedder = await embedForModel(model, options.cache)
  await announceRunner(model.options, backend)
  // Rows on a terminal are progress enough.
  const progress = showProgress(options.quiet || options.json || out === undefined)
  const lost = out === undefined ? 'the rows so far were written' : `${out} was not written`
  const skipped = skipCount()
  await interruptible(lost, async (signal) => {
    const rows = scoreResponses(
      file === '-' ? standardInput(signal) : file,
      { model, embedder },
      {
        combine,
        penalty,
        backend,
        signal,
        onProgress: progress.onProgress,
        onBadRow: skipBad ? skipped.onBadRow : undefined,
      },
    )
    if (out === undefined) await pipeline(asLines(rows), process.stdout, { end: false })
    else await writeAtomic(out, fileContent(out, rows))
  }).finally(() => {
    progress.stop()
    skipped.tell()
  })
}

/** Counts rows that are left out, and tells of them on standard error: standard output is for rows. */
function skipCount() {
  const first: Error[] = []
  let count = 0
  return {
    onBadRow: (error: Error): void => {
      if (count++ < shownErrors) first.push(error)
    },
    tell: (): void => {
      if (count === 0) return
      const lines = [`left out: ${counted(count, 'bad row')}`, ...describeFaults(first, count)]
      process.stderr.write(`${lines.join('\n')}\n`)
    },
  }
}

/** Standard input that the signal ends: waiting for the next line of a terminal would otherwise go on. */
function standardInput(signal: AbortSignal): AsyncIterable<Uint8Array> {
  // The error comes while rows are scored too, when nobody waits for a line; whoever asks for the next one is told.
  process.stdin.on('error', () => {})
  signal.addEventListener('abort', () => process.stdin.destroy(signal.reason))
  return process.stdin
}
