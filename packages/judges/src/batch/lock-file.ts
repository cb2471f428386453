import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { sha256 } from '../canonical-json'
import { isObject } from '../is-object'
import { JudgeError } from '../judge-error'
import { isRunning, startOf } from './process-start'

/** What a lock says of its holder. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** What tells the process from others that had its number earlier; empty where the system does not say. */
  readonly started: string
  /** Another for each lock. */
  readonly token: string
}

/** A lock that is there: its text tells it from every other one. */
interface Found {
  readonly text: string
  /** Missing where the text makes no sense: it was cut short by a crash of the machine, and nobody has it. */
  readonly holder: Holder | undefined
}

/** Locks that come and go between two looks at them; more than a few in a row never happen. */
const mostLooks = 100

/**
 * Takes a lock that no one else has; one that a killed process left is taken over, and a kill at any time leaves nothing
 * that a person must delete. Among processes and threads of one machine, and among copies of this package, it is exact,
 * where the file system has hard links. On Linux a process that has the number of a dead one is told from it; elsewhere
 * it passes for the holder. A lock of another host counts as held, since nobody here can see whether its process lives;
 * so does that of a thread that was terminated, until its process ends.
 * @param path what is locked, for messages; the lock is `<path>.lock`.
 * @returns what gives it back.
 * @throws JudgeError `LOCKED`, naming the process that has it.
 */
export const takeLock = (path: string): Promise<() => Promise<void>> => takeFile(path, `${path}.lock`)

async function takeFile(path: string, file: string): Promise<() => Promise<void>> {
  const started = (await startOf(process.pid)) ?? ''
  const own: Holder = { pid: process.pid, host: hostname(), started, token: randomUUID() }
  const text = JSON.stringify(own)
  const prepared = `${file}.${own.token.slice(0, 8)}.tmp`
  try {
    await writeFile(prepared, text, { flag: 'wx' })
    await place(path, prepared, file, text)
  } finally {
    await rm(prepared, { force: true }).catch(() => {})
  }
  return async () => {
    // Nobody replaces the lock of a living process, so that what is read here is still there when it is removed.
    if ((await readLock(file).catch(() => undefined))?.text === text)
      await rm(file, { force: true }).catch(() => {})
  }
}

/** Puts the lock where there is none, or in the place of one that nobody has. */
async function place(path: string, prepared: string, file: string, text: string): Promise<void> {
  for (let look = 0; look < mostLooks; look++) {
    if (await create(prepared, file, text)) return
    const found = await readLock(file)
    if (found?.holder && (await isHeld(found.holder))) throw locked(path, file, found.holder)
    if (found && (await replace(path, prepared, file, found))) return
  }
  const message = `journal ${path}: its lock ${file} keeps changing; expected one that is held, or none`
  throw new JudgeError('LOCKED', 'journal', message)
}

/** Codes of file systems that have no hard links. */
const withoutLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

/** Makes a lock with its text in it, unless there is one; false if there is. */
async function create(prepared: string, file: string, text: string): Promise<boolean> {
  try {
    await link(prepared, file).catch((error: NodeJS.ErrnoException) => {
      if (!withoutLinks.has(error.code ?? '')) throw error
      return writeFile(file, text, { flag: 'wx' })
    })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Replaces a lock that nobody has, and says whether it was still there. Two who find the same one could both do so: who
 * replaces it must hold a lock on just this one first, named after its text. That is a lock like any other, and taken
 * over like any other where its holder was killed.
 */
async function replace(path: string, prepared: string, file: string, { text }: Found): Promise<boolean> {
  const release = await takeFile(path, `${file}.${sha256(text).slice(0, 8)}`)
  try {
    if ((await readLock(file))?.text !== text) return false
    await rename(prepared, file)
    return true
  } finally {
    await release()
  }
}

function locked(path: string, file: string, { pid, host }: Holder): JudgeError {
  const isHere = host === hostname()
  const who = isHere ? `process ${pid}` : `process ${pid} of ${host}`
  const own = isHere && pid === process.pid ? ', which is this one: by another run of it' : ''
  const remedy = isHere ? 'if that is something else' : 'if that has ended, which cannot be seen from here'
  const message = `journal ${path} is being written by ${who}${own}; wait for it, or delete ${file} ${remedy}`
  return new JudgeError('LOCKED', 'journal', message)
}

async function readLock(file: string): Promise<Found | undefined> {
  try {
    const text = await readFile(file, 'utf8')
    return { text, holder: holderIn(text) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!isObject(value)) return undefined
    const { pid, host, token, started = '' } = value
    const texts = [host, token, started]
    const isSound =
      Number.isInteger(pid) && Number(pid) > 0 && texts.every((each) => typeof each === 'string')
    // The fields were looked at one by one, which leaves no trace in the type of the whole.
    return isSound ? (value as unknown as Holder) : undefined
  } catch {
    return undefined
  }
}

async function isHeld({ pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true
  const present = started ? await startOf(pid) : undefined
  // An earlier process may have had this number: in a container that was started again it usually did.
  return present === undefined ? isRunning(pid) : present === started
}
