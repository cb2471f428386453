import { type FileHandle, stat } from 'node:fs/promises'
import { isObject } from '../is-object'
import { JudgeError } from '../judge-error'
import type { ItemFailure } from './item-failure'
import { type LocatedLine, readLines } from './read-lines'
import { openLine } from './sealed-line'

/** What a journal holds of an item. */
export interface JournalEntry {
  readonly id: string
  /** Hash of the item's content. */
  readonly item: string
  /** Plain JSON; absent where the item failed. */
  readonly result?: unknown
  readonly failure?: ItemFailure
}

/** The layout of journals, which their first line names; others are refused. */
export const layout = 1

/** What the first line of a journal says. */
export type Header = Readonly<Record<string, unknown>>

/** The file of a journal, as far as it is whole. */
export interface ScannedJournal {
  /** Undefined where there is no whole line. */
  readonly header: Header | undefined
  /** Where the last entry of each item begins, in the order of the items' first entries. */
  readonly offsets: ReadonlyMap<string, number>
  /** Bytes of whole lines. */
  readonly end: number
  /** Bytes in all. */
  readonly size: number
}

/**
 * Reads a journal through.
 * @param check is told of the first line, and throws where it is another's.
 * @param seen is told of each entry, from the first.
 * @throws JudgeError `JOURNAL_MISMATCH`, `JOURNAL_DAMAGED`; the system's errors, save that of a file that is not there.
 */
export async function scanJournal(
  path: string,
  check: (header: Header) => void,
  seen: (entry: JournalEntry) => void,
): Promise<ScannedJournal> {
  const offsets = new Map<string, number>()
  const size = await sizeOf(path)
  let header: Header | undefined
  let end = 0
  if (size === 0) return { header, offsets, end, size }
  for await (const line of readLines(path)) {
    end = line.offset + Buffer.byteLength(line.text) + 1
    if (header === undefined) {
      header = headerIn(path, line.text)
      check(header)
    } else {
      const entry = entryIn(path, line)
      offsets.set(entry.id, line.offset)
      seen(entry)
    }
  }
  return { header, offsets, end, size }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

function headerIn(path: string, line: string): Header {
  const found = openLine(line)
  if (isObject(found) && found.prefkit === 'judge-journal') return found
  throw notOurs(path, 'its first line is not the header of a journal')
}

/** A `JOURNAL_MISMATCH`. */
export const notOurs = (path: string, why: string): JudgeError =>
  new JudgeError(
    'JOURNAL_MISMATCH',
    'journal',
    `journal ${path}: ${why}; name another file, or delete this one`,
  )

function entryIn(path: string, { text, number }: LocatedLine): JournalEntry {
  const entry = openLine(text)
  // The checksum matched: it is what this package wrote.
  if (entry) return entry as unknown as JournalEntry
  const message = `journal ${path}, line ${number}, does not match its checksum; delete the line to ask for its item again`
  throw new JudgeError('JOURNAL_DAMAGED', 'journal', message)
}

/** Bytes that are read at once: most entries are shorter. */
const pageSize = 8192

/** The entry that begins at an offset. @throws JudgeError `JOURNAL_DAMAGED` where there is none any more. */
export async function entryAt(path: string, handle: FileHandle, offset: number): Promise<JournalEntry> {
  const pages: Buffer[] = []
  for (let at = offset; ; at += pageSize) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(pageSize), 0, pageSize, at)
    const end = buffer.subarray(0, bytesRead).indexOf(10)
    pages.push(buffer.subarray(0, end < 0 ? bytesRead : end))
    if (end >= 0 || bytesRead === 0) break
  }
  const entry = openLine(Buffer.concat(pages).toString('utf8'))
  // The checksum matched, as above.
  if (entry) return entry as unknown as JournalEntry
  const message = `journal ${path} was changed while it was in use; start again`
  throw new JudgeError('JOURNAL_DAMAGED', 'journal', message)
}
