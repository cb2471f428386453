import { appendFile, open, readFile, rm, stat, truncate } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { PrefkitError } from '../prefkit-error'
import { withRunLocked } from '../runs/lock-run'
import { requireWritableFile } from '../runs/require-writable'
import { writeFailure, writeJson } from '../runs/write-atomic'
import { version } from '../version'

/** Everything that decides the rows of a file: what it has to be where the file is gone on with. */
export type RowSettings = Readonly<Record<string, unknown>>

/** A file of rows that come one after another. */
export interface ResumableRows {
  /** How many rows were there before. */
  readonly done: number
  /** Adds rows and flushes them, so that a kill leaves them. */
  readonly append: (rows: readonly object[]) => Promise<void>
}

/** How a file of rows is written. */
export interface ResumableRowsOptions {
  readonly settings: RowSettings
  /** Rows are made so many at a time: a file is gone on with at a multiple of that. */
  readonly chunk: number
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Where a file's settings are while it is not complete. */
const runOf = (out: string): string => `${out}.run`

const settingsPath = (out: string): string => join(runOf(out), 'config.json')

/**
 * Writes rows to a file that can be killed at any time and gone on with by the same call. Until the last row is there, a folder
 * beside it, `<file>.run`, says what it is made of, and keeps other processes from writing to it.
 * @param write makes the rows that are not there yet, in order.
 * @throws PrefkitError `RUN_EXISTS` for a complete file, which is not written over; `RUN_CHANGED` for one that was begun with
 *   other settings; `RUN_LOCKED`, `WRITE_FAILED`; what `write` throws.
 */
export async function writeResumableRows<Result>(
  out: string,
  { settings, chunk }: ResumableRowsOptions,
  write: (rows: ResumableRows) => Promise<Result>,
): Promise<Result> {
  await requireWritableFile(out)
  const run = runOf(out)
  const file = settingsPath(out)
  // As it is read back: without what is undefined.
  const given = JSON.parse(JSON.stringify({ prefkit: version, ...settings })) as RowSettings
  return withRunLocked(run, async () => {
    const saved = await readSettings(file)
    if (saved) requireSame(out, saved, given)
    else {
      await requireNone(out)
      await writeJson(file, given)
    }
    const done = await keepWholeChunks(out, chunk)
    let written = done
    try {
      const append = async (rows: readonly object[]): Promise<void> => {
        await appendRows(out, rows)
        written += rows.length
      }
      const result = await write({ done, append })
      await rm(file)
      return result
    } catch (error) {
      // Nothing to go on with: the next call may have other settings.
      if (written === 0) await Promise.all([rm(file, { force: true }), rm(out, { force: true })])
      throw error
    }
  })
}

async function readSettings(file: string): Promise<RowSettings | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PrefkitError('DATA_CORRUPT', `${file} is no valid JSON: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Makes sure, before any work, that a file can be begun or gone on with.
 * @throws PrefkitError `RUN_EXISTS`, `WRITE_FAILED`.
 */
export async function requireResumable(out: string): Promise<void> {
  await requireWritableFile(out)
  if (!(await exists(settingsPath(out)))) await requireNone(out)
}

async function requireNone(out: string): Promise<void> {
  if (!(await exists(out))) return
  throw new PrefkitError('RUN_EXISTS', `${out} is there already; choose another --out, or delete it`)
}

function requireSame(out: string, saved: RowSettings, given: RowSettings): void {
  const names = [...new Set([...Object.keys(saved), ...Object.keys(given)])]
  const changed = names.find((name) => !isDeepStrictEqual(saved[name], given[name]))
  if (changed === undefined) return
  const [was, is] = [saved[changed], given[changed]].map((value) => JSON.stringify(value))
  const remedy = `give the same to go on, or delete ${out} and ${resolve(runOf(out))} to begin anew`
  throw new PrefkitError('RUN_CHANGED', `${out} was begun with ${changed} ${was}, not ${is}; ${remedy}`)
}

/** Cuts a file back to its whole chunks of whole lines; a kill may have left less of the last. */
async function keepWholeChunks(out: string, chunk: number): Promise<number> {
  if (!(await exists(out))) return 0
  let end = 0
  let lines = 0
  let at = 0
  const handle = await open(out)
  try {
    for await (const piece of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      for (let next = piece.indexOf(10); next >= 0; next = piece.indexOf(10, next + 1))
        if (++lines % chunk === 0) end = at + next + 1
      at += piece.length
    }
  } finally {
    await handle.close()
  }
  await truncate(out, end)
  return lines - (lines % chunk)
}

async function appendRows(out: string, rows: readonly object[]): Promise<void> {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  await appendFile(out, lines, { flush: true }).catch((cause: unknown) => {
    throw writeFailure(out, cause)
  })
}
