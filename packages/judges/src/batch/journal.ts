import { mkdir, open, stat, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { canonicalJson, sha256, strictJson } from '../canonical-json'
import { JudgeError } from '../judge-error'
import { writeLines } from './line-writer'
import { takeLock } from './lock-file'
import { type LocatedLine, readLines } from './read-lines'
import { openLine, sealLine } from './sealed-line'

/** Why an item has no result. */
export interface ItemFailure {
  /** The error's `code`, or its name where it has none. */
  readonly code: string
  readonly message: string
}

/** What a journal holds of an item. */
export interface JournalEntry {
  readonly id: string
  /** Hash of the item's content. */
  readonly item: string
  /** Plain JSON; absent where the item failed. */
  readonly result?: unknown
  readonly failure?: ItemFailure
}

/** Whose results a journal holds. */
export interface JournalOwner {
  readonly task: string
  readonly name: string
  readonly identity: Readonly<Record<string, unknown>>
  readonly settings: Readonly<Record<string, unknown>>
}

/** The results of a batch on disk, in the order in which they came. */
export interface Journal {
  /** Lines cut off at the end, which a killed process had not finished: 0 or 1. */
  readonly tornLines: number
  /** The last entry of an item. */
  readonly find: (id: string) => Promise<JournalEntry | undefined>
  /** Writes an entry, and returns it as it will be read. */
  readonly append: (entry: JournalEntry) => Promise<JournalEntry>
  readonly close: () => Promise<void>
}

const layout = 1

const headerOf = ({ task, name, identity, settings }: JournalOwner): string => {
  const hash = sha256(canonicalJson('settings', settings))
  return canonicalJson('task', { prefkit: 'judge-journal', layout, task, name, identity, settings: hash })
}

/**
 * Opens a journal, or begins it where there is none; a last line that was not finished is cut off.
 * @param seen is told of each entry that is there, from the first.
 * @throws JudgeError `LOCKED`, `JOURNAL_MISMATCH`, `JOURNAL_DAMAGED`; `WRITE_FAILED` where the disk refuses.
 */
export async function openJournal(
  path: string,
  owner: JournalOwner,
  seen: (entry: JournalEntry) => void,
): Promise<Journal> {
  const header = headerOf(owner)
  const release = await onDisk(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    return takeLock(path)
  })
  try {
    const { offsets, tornLines } = await onDisk(path, () => readJournal(path, header, seen))
    const handle = await onDisk(path, () => open(path, 'a+'))
    const writer = writeLines(handle)
    const isNew = (await handle.stat()).size === 0
    if (isNew) await onDisk(path, () => writer.append(sealLine(header)))
    return {
      tornLines,
      find: async (id) => {
        const offset = offsets.get(id)
        return offset === undefined ? undefined : readEntry(path, handle, offset)
      },
      append: async (entry) => {
        const body = strictJson(`the result of item ${entry.id}`, entry)
        await onDisk(path, () => writer.append(sealLine(body)))
        return JSON.parse(body)
      },
      close: async () => {
        try {
          await onDisk(path, () => writer.finish())
        } finally {
          await handle.close().catch(() => {})
          await release()
        }
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Errors of this package as they are, and those of the system with the journal's name. */
async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (JudgeError.isInstance(cause)) throw cause
    const message = `journal ${path} cannot be written: ${(cause as Error).message}`
    throw new JudgeError('WRITE_FAILED', 'journal', message, { cause })
  }
}

/** Where the last entry of each item begins; the file is left with whole lines only. */
async function readJournal(path: string, header: string, seen: (entry: JournalEntry) => void) {
  const offsets = new Map<string, number>()
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  let end = 0
  if (size > 0) {
    for await (const line of readLines(path)) {
      end = line.offset + Buffer.byteLength(line.text) + 1
      if (line.number === 1) checkHeader(path, line.text, header)
      else {
        const entry = checkEntry(path, line)
        offsets.set(entry.id, line.offset)
        seen(entry)
      }
    }
    if (end === 0) await checkTornHeader(path, header)
  }
  const tornLines = end < size ? 1 : 0
  if (tornLines > 0) await truncate(path, end)
  return { offsets, tornLines }
}

function checkHeader(path: string, line: string, header: string): void {
  const found = openLine(line)
  if (found?.prefkit !== 'judge-journal') throw notOurs(path, 'its first line is not the header of a journal')
  const expected = JSON.parse(header) as Record<string, unknown>
  const name = Object.keys(expected).find(
    (field) => canonicalJson(field, expected[field]) !== canonicalJson(field, found[field]),
  )
  if (name === undefined) return
  const [theirs, ours] = [found[name], expected[name]].map((value) => JSON.stringify(value))
  throw notOurs(path, `its ${name} is ${theirs}, and that of this run is ${ours}`)
}

const notOurs = (path: string, why: string): JudgeError =>
  new JudgeError(
    'JOURNAL_MISMATCH',
    'journal',
    `journal ${path}: ${why}; name another file, or delete this one`,
  )

/** A file with no whole line is ours only where it is the beginning of the header: others' files are not cut. */
async function checkTornHeader(path: string, header: string): Promise<void> {
  const expected = Buffer.from(sealLine(header))
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(expected.length), 0, expected.length, 0)
    if (expected.subarray(0, bytesRead).equals(buffer.subarray(0, bytesRead))) return
  } finally {
    await handle.close()
  }
  throw notOurs(path, 'it has no header of a journal')
}

function checkEntry(path: string, { text, number }: LocatedLine): JournalEntry {
  const entry = openLine(text)
  if (entry) return entry as unknown as JournalEntry
  const message = `journal ${path}, line ${number}, does not match its checksum; delete the line to ask for its item again`
  throw new JudgeError('JOURNAL_DAMAGED', 'journal', message)
}

/** Bytes that are read at once: most entries are shorter. */
const pageSize = 8192

async function readEntry(
  path: string,
  handle: Awaited<ReturnType<typeof open>>,
  offset: number,
): Promise<JournalEntry> {
  const pages: Buffer[] = []
  for (let at = offset; ; at += pageSize) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(pageSize), 0, pageSize, at)
    const end = buffer.subarray(0, bytesRead).indexOf(10)
    pages.push(buffer.subarray(0, end < 0 ? bytesRead : end))
    if (end >= 0 || bytesRead === 0) break
  }
  const entry = openLine(Buffer.concat(pages).toString('utf8'))
  if (entry) return entry as unknown as JournalEntry
  const message = `journal ${path} was changed while it was in use; start the run again`
  throw new JudgeError('JOURNAL_DAMAGED', 'journal', message)
}
