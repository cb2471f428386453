import { createReadStream } from 'node:fs'
import { appendFile, stat, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PrefkitError } from '../prefkit-error'
import { ifThere } from './if-there'
import { writeAtomic, writeFailure } from './write-atomic'

/** Characters that are written at a time, about. */
const writtenAtOnce = 2 ** 20

/** A file may have more characters than a string. */
async function* linesOf(rows: readonly object[]): AsyncGenerator<string, void, void> {
  let text = ''
  for (const row of rows) {
    text += `${JSON.stringify(row)}\n`
    if (text.length < writtenAtOnce) continue
    yield text
    text = ''
  }
  yield text
}

/** Writes a file of JSON Lines, whole or not at all. @throws PrefkitError `WRITE_FAILED`. */
export const writeLines = (path: string, rows: readonly object[]): Promise<void> =>
  writeAtomic(path, linesOf(rows))

/**
 * Appends rows to a file of JSON Lines, and flushes them: what counts them may follow.
 * @throws PrefkitError `WRITE_FAILED`, such as when the disk is full.
 */
export async function appendLines(path: string, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  await appendFile(path, lines, { flush: true }).catch((cause: unknown) => {
    throw writeFailure(path, cause)
  })
}

const newline = 10

/** A line of a file that ends, and the place behind it in bytes. */
interface Line {
  readonly text: () => string
  readonly end: number
}

/** The lines of a file that end: a last one cut short by a kill is left out. */
async function* completeLines(path: string): AsyncGenerator<Line, void, void> {
  let begun: Buffer[] = []
  let before = 0
  // Without an encoding, its chunks are bytes.
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      const parts = [...begun, chunk.subarray(start, at)]
      yield { text: () => Buffer.concat(parts).toString('utf8'), end: before + at + 1 }
      begun = []
      start = at + 1
    }
    if (start < chunk.length) begun.push(chunk.subarray(start))
    before += chunk.length
  }
}

async function parsedRows<Row>(path: string): Promise<Row[]> {
  const rows: Row[] = []
  for await (const { text } of completeLines(path)) rows.push(parsedRow(text(), `${path}:${rows.length + 1}`))
  return rows
}

/**
 * Reads rows back: none where there is no file; a last line cut short by a kill is left out.
 * @throws PrefkitError `DATA_CORRUPT` naming the line that is no JSON, or a file that cannot be read.
 */
export const readLines = async <Row>(path: string): Promise<Row[]> =>
  (await ifThere(path, () => parsedRows<Row>(path))) ?? []

/**
 * The same of a file that a stage of a run has written before it was done.
 * @throws PrefkitError `DATA_CORRUPT` where it is gone, too.
 */
export async function readStageLines<Row>(path: string): Promise<Row[]> {
  const rows = await ifThere(path, () => parsedRows<Row>(path))
  if (rows) return rows
  const problem = 'is gone, though the stage that wrote it is done'
  const remedy = `delete ${dirname(path)} and the directories of the stages after it, which are then made again`
  throw new PrefkitError('DATA_CORRUPT', `${path}: ${problem}; ${remedy}`)
}

function parsedRow<Row>(line: string, place: string): Row {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new PrefkitError('DATA_CORRUPT', `${place}: is no valid JSON: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** The place behind so many lines, in bytes: undefined where there are fewer. */
async function endOf(path: string, count: number): Promise<number | undefined> {
  if (count === 0) return 0
  let left = count
  for await (const { end } of completeLines(path)) if (--left === 0) return end
  return undefined
}

/**
 * Drops what was appended after the first `count` rows, as a resumed run appends it again.
 * @throws PrefkitError `DATA_CORRUPT` where there are fewer, or they cannot be read, `WRITE_FAILED`.
 */
export async function keepLines(path: string, count: number): Promise<void> {
  const size = (await ifThere(path, () => stat(path)))?.size ?? 0
  const end = await ifThere(path, () => endOf(path, count))
  if (end === undefined)
    throw new PrefkitError('DATA_CORRUPT', `${path} has fewer than the ${count} records of the checkpoint`)
  if (end === size) return
  await truncate(path, end).catch((cause: unknown) => {
    throw writeFailure(path, cause)
  })
}
