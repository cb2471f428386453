import { appendFile, readFile, truncate } from 'node:fs/promises'
import { PrefkitError } from '../prefkit-error'
import { writeFailure } from './write-atomic'

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

/**
 * Reads rows back: none where there is no file; a last line cut short by a kill is left out.
 * @throws PrefkitError `DATA_CORRUPT` naming the line that is no JSON.
 */
export async function readLines<Row>(path: string): Promise<Row[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  return complete
    .split('\n')
    .slice(0, -1)
    .map((line, i) => parsedRow<Row>(line, `${path}:${i + 1}`))
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

/**
 * Drops what was appended after the first `count` rows, as a resumed run appends it again.
 * @throws PrefkitError `DATA_CORRUPT` where there are fewer, `WRITE_FAILED`.
 */
export async function keepLines(path: string, count: number): Promise<void> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  let end = 0
  for (let kept = 0; kept < count; kept++) {
    const next = bytes.indexOf(10, end)
    if (next < 0)
      throw new PrefkitError('DATA_CORRUPT', `${path} has fewer than the ${count} records of the checkpoint`)
    end = next + 1
  }
  if (end === bytes.length) return
  await truncate(path, end).catch((cause: unknown) => {
    throw writeFailure(path, cause)
  })
}
