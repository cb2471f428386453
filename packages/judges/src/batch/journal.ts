import { type FileHandle, mkdir, open, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { canonicalJson, sha256 } from '../canonical-json'
import { JudgeError } from '../judge-error'
import { entryAt, type Header, type JournalEntry, layout, notOurs, scanJournal } from './journal-file'
import { writeLines } from './line-writer'
import { takeLock } from './lock-file'
import { sealLine } from './sealed-line'

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
  /** Writes an entry. @param text its JSON. */
  readonly append: (text: string) => Promise<void>
  readonly close: () => Promise<void>
}

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
    const { offsets, tornLines } = await onDisk(path, () => mendJournal(path, header, seen))
    const handle = await onDisk(path, () => open(path, 'a+'))
    try {
      return await beginWriting({ path, header, handle, offsets, tornLines, release })
    } catch (error) {
      await handle.close().catch(() => {})
      throw error
    }
  } catch (error) {
    await release()
    throw error
  }
}

interface OpenFile {
  readonly path: string
  readonly header: string
  readonly handle: FileHandle
  readonly offsets: ReadonlyMap<string, number>
  readonly tornLines: number
  readonly release: () => Promise<void>
}

async function beginWriting({
  path,
  header,
  handle,
  offsets,
  tornLines,
  release,
}: OpenFile): Promise<Journal> {
  const writer = writeLines(handle)
  await onDisk(path, async () => {
    const isNew = (await handle.stat()).size === 0
    if (isNew) await writer.append(sealLine(header))
  })
  return {
    tornLines,
    find: async (id) => {
      const offset = offsets.get(id)
      return offset === undefined ? undefined : entryAt(path, handle, offset)
    },
    append: (text) => onDisk(path, () => writer.append(sealLine(text))),
    close: async () => {
      try {
        await onDisk(path, () => writer.finish())
      } finally {
        await handle.close().catch(() => {})
        await release()
      }
    },
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
async function mendJournal(path: string, expected: string, seen: (entry: JournalEntry) => void) {
  const check = (header: Header) => checkHeader(path, header, expected)
  const { header, offsets, end, size } = await scanJournal(path, check, seen)
  if (!header && size > 0) await checkTornHeader(path, expected)
  const tornLines = end < size ? 1 : 0
  if (tornLines > 0) await truncate(path, end)
  return { offsets, tornLines }
}

function checkHeader(path: string, found: Header, header: string): void {
  const expected = JSON.parse(header) as Header
  const name = Object.keys(expected).find(
    (field) => canonicalJson(field, expected[field]) !== canonicalJson(field, found[field]),
  )
  if (name === undefined) return
  const [theirs, ours] = [found[name], expected[name]].map((value) => JSON.stringify(value))
  throw notOurs(path, `its ${name} is ${theirs}, and that of this run is ${ours}`)
}

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
