import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ScoreOptions } from '@prefkit/reward-models'
import { PrefkitError } from '../../prefkit-error'
import { embedWithCache } from '../../reward/embed-with-cache'
import { requireFeatures } from '../../reward/evaluate-reward'
import { openModel } from '../../reward/open-model'
import { readLines, scoreResponses } from '../../reward/score-responses'
import { announceBackend } from '../announce-backend'
import { interruptible } from '../interruptible'
import { showProgress } from '../progress'

/** Options of `prefkit reward score`. */
export interface ScoreActionOptions extends Required<Pick<ScoreOptions, 'combine' | 'penalty'>> {
  readonly model: string
  readonly out?: string
  readonly backend: NonNullable<ScoreOptions['backend']>
  readonly cache: string
  readonly quiet: boolean
}

/** Runs `prefkit reward score`. */
export async function scoreRewardAction(file: string, options: ScoreActionOptions): Promise<void> {
  const { out, combine, penalty, backend } = options
  const model = await openModel(options.model)
  const embedder = await embedWithCache(requireFeatures(model), options.cache)
  await announceBackend(backend)
  // Rows on a terminal are progress enough.
  const progress = showProgress(options.quiet || out === undefined)
  const source = file === '-' ? 'standard input' : file
  await interruptible(async (signal) => {
    const rows = scoreResponses(
      readLines(file),
      { model, embedder, source },
      { combine, penalty, backend, signal, onProgress: progress.onProgress },
    )
    const lines = Readable.from(asLines(rows))
    await (out === undefined ? pipeline(lines, process.stdout, { end: false }) : writeLines(out, lines))
  }).finally(progress.stop)
}

async function* asLines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

/** Writes a stream to a file that appears whole or not at all. */
async function writeLines(path: string, lines: Readable): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await pipeline(lines, createWriteStream(temporary, { flush: true }))
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause
    throw new PrefkitError('WRITE_FAILED', `${path} could not be written: ${cause.message}`, { cause })
  }
}
