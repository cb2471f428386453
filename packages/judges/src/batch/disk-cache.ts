import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sha256, strictJson } from '../canonical-json'
import { checkFunction, checkOptions, formatValue } from '../check-options'
import { JudgeError } from '../judge-error'
import type { AnswerCache } from './answer-cache'

/** What went wrong with one entry of a cache on disk. */
export interface CacheFault {
  /** The file of the entry. */
  readonly file: string
  /** `damaged`: it is not what was written, and will be asked for anew; `unreadable`, `unwritable`: the
   * disk refused, or JSON cannot hold the value. */
  readonly kind: 'damaged' | 'unreadable' | 'unwritable'
  /** What was found, in words. */
  readonly reason: string
}

/** Options of `diskCache`. */
export interface DiskCacheOptions {
  /** Is told of every fault. Default: a warning of the process for each. */
  readonly onFault?: (fault: CacheFault) => void
}

// The forms with callbacks take half the time of those of fs/promises, which make a handle for each file.
const readFile = promisify(fs.readFile)
const writeFile = promisify(fs.writeFile)
const rename = promisify(fs.rename)

/** Temporary files that a killed process left are removed when they are older than this. */
const staleMilliseconds = 3_600_000

const warn = ({ file, kind, reason }: CacheFault): void =>
  process.emitWarning(`cache entry ${file} is ${kind}: ${reason}`, 'PrefkitCacheWarning')

/**
 * A cache in a directory: one file an entry, in 256 folders by the first two digits of its key, so that nothing of it is
 * held in memory. Several processes may use it at once: each entry is written under a temporary name and renamed, so
 * that it is there whole or not at all, and what one process paid for the others find at once. Each entry has a checksum
 * over its key and content; one that does not match is reported and counts as missing. Entries are not synced: after a
 * power failure the last ones may be missing or damaged, and are asked for anew.
 *
 * An entry costs about 0.1 ms of processor time to write, and 0.01 to look for in vain. A file has at least a block of the
 * disk, 4 kB for most: a million entries are about 4 GB.
 *
 * @param directory its path, which is made where there is none
 * @throws JudgeError `INVALID_OPTION`.
 */
export function diskCache(directory: string, options: DiskCacheOptions = {}): AnswerCache {
  checkDirectory(directory)
  checkOptions('diskCache', options, { onFault: true })
  const { onFault = warn } = options
  checkFunction('onFault', onFault, 'a function that is told of faults')
  let prepared: Promise<void> | undefined
  const fileOf = (key: string) => join(directory, key.slice(0, 2), `${key}.json`)
  return {
    get: async (key) => {
      const file = fileOf(key)
      const entry = await readEntry(file, key)
      if ('kind' in entry) onFault({ file, ...entry })
      return 'value' in entry ? entry.value : undefined
    },
    set: async (key, value) => {
      const file = fileOf(key)
      try {
        const body = strictJson('value', value)
        prepared ??= prepare(directory)
        await prepared
        await writeEntry(directory, file, `${checksum(key, body)}\n${body}\n`)
      } catch (error) {
        prepared = undefined
        onFault({ file, kind: 'unwritable', reason: (error as Error).message })
      }
    },
  }
}

/** Without a path nothing would be kept, and all be paid for again; an empty one is the folder the process is in. */
function checkDirectory(directory: unknown): void {
  if (typeof directory === 'string' && directory !== '') return
  const message = `directory is ${formatValue(directory)}; expected the path of a directory`
  throw new JudgeError('INVALID_OPTION', 'directory', message)
}

/** The key is in it, so that a file that was moved or copied to another name is noticed. */
const checksum = (key: string, body: string): string => sha256(`${key}\n${body}`)

type Entry = { value: unknown } | Pick<CacheFault, 'kind' | 'reason'> | Record<never, never>

async function readEntry(file: string, key: string): Promise<Entry> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? {} : { kind: 'unreadable', reason: message }
  }
  const [, sum, body] = /^([0-9a-f]{64})\n(.*)\n$/s.exec(text) ?? []
  if (body === undefined)
    return { kind: 'damaged', reason: 'expected a checksum, a value and the end of the line' }
  if (sum !== checksum(key, body)) return { kind: 'damaged', reason: 'its checksum does not match' }
  return { value: JSON.parse(body) }
}

const temporaryFolder = (directory: string): string => join(directory, 'tmp')

/** Makes the folder for temporary files, and removes those that were left. */
async function prepare(directory: string): Promise<void> {
  const folder = temporaryFolder(directory)
  await mkdir(folder, { recursive: true })
  const before = Date.now() - staleMilliseconds
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    const modified = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (modified !== undefined && modified < before) await rm(file, { force: true })
  }
}

async function writeEntry(directory: string, file: string, text: string): Promise<void> {
  const temporary = join(temporaryFolder(directory), randomUUID())
  try {
    await writeFile(temporary, text, { flag: 'wx' })
    await rename(temporary, file).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await mkdir(join(file, '..'), { recursive: true })
      await rename(temporary, file)
    })
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}
