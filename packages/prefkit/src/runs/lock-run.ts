import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { PrefkitError } from '../prefkit-error'
import { writeFailure } from './write-atomic'

/** What a lock says of its holder; the token tells apart processes that had the same number one after the other. */
interface Holder {
  readonly pid: number
  readonly host: string
  readonly token: string
}

/** Tokens of the locks that this process has. */
const held = new Set<string>()

/**
 * Works on a run that no other process works on meanwhile; a lock that a killed process left is taken over. The run's
 * directory is made where it is missing, and removed at the end when nothing is in it.
 *
 * What this holds for: processes of one machine, exactly. A lock of another machine or container that shares the
 * directory counts as held, since nobody here can see whether its process lives: after a crash there it must be deleted
 * by hand, and the error says so. Machines or containers that go by the same host name are not told apart, nor are
 * worker threads of one process.
 * @param path the run's directory.
 * @throws PrefkitError `RUN_LOCKED` naming the process that has it; what the work throws.
 */
export async function withRunLocked<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const file = join(path, 'lock')
  const own: Holder = { pid: process.pid, host: hostname(), token: randomUUID() }
  held.add(own.token)
  try {
    await mkdir(path, { recursive: true })
    await take(path, file, own)
  } catch (cause) {
    held.delete(own.token)
    await rmdir(path).catch(() => {})
    throw writeFailure(path, cause)
  }
  try {
    return await work()
  } finally {
    // Nobody replaces the lock of a living process, so that what is read here is still there when it is removed. One
    // that cannot be removed is stale once this process ends, and must not hide what the work came to.
    if ((await readHolder(file))?.token === own.token) await rm(file, { force: true }).catch(() => {})
    held.delete(own.token)
    // Fails when anything is in it.
    await rmdir(path).catch(() => {})
  }
}

/** Puts the own lock where there is none, or one that nobody has; it appears whole. */
async function take(path: string, file: string, own: Holder): Promise<void> {
  const prepared = `${file}.${own.token.slice(0, 8)}.tmp`
  try {
    await writeFile(prepared, JSON.stringify(own), { flag: 'wx' })
    await inTurn(path, `${file}.turn`, async () => {
      const holder = await readHolder(file)
      if (holder && isHeld(holder)) throw locked(path, file, holder)
      await rename(prepared, file)
    })
  } finally {
    await rm(prepared, { force: true }).catch(() => {})
  }
}

/**
 * Looks at the lock and replaces it while no other process does the same: otherwise two that find the same dead holder
 * could both take its place. It takes less than a millisecond; a kill within it leaves `turn`, which nobody may judge.
 */
async function inTurn(path: string, turn: string, replace: () => Promise<void>): Promise<void> {
  await mkdir(turn).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    const message = `${path} is being taken by another process just now; wait for it, or delete ${turn} if there is none`
    throw new PrefkitError('RUN_LOCKED', message)
  })
  try {
    await replace()
  } finally {
    await rmdir(turn)
  }
}

function locked(path: string, file: string, { pid, host }: Holder): PrefkitError {
  const isHere = host === hostname()
  const who = isHere ? `process ${pid}` : `process ${pid} of ${host}`
  const remedy = isHere ? 'if that is something else' : 'if that has ended, which cannot be seen from here'
  const message = `${path} is being worked on by ${who}; wait for it, or delete ${file} ${remedy}`
  return new PrefkitError('RUN_LOCKED', message)
}

/** Locks appear whole: one that makes no sense was cut short by a crash of the machine, and nobody has it. */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const { pid, host, token } = JSON.parse(await readFile(file, 'utf8'))
    const isSound = Number.isInteger(pid) && pid > 0 && typeof host === 'string' && typeof token === 'string'
    return isSound ? { pid, host, token } : undefined
  } catch {
    return undefined
  }
}

function isHeld({ pid, host, token }: Holder): boolean {
  if (host !== hostname()) return true
  // An earlier process may have had this one's number: in a container that was started again it usually did.
  return pid === process.pid ? held.has(token) : isAlive(pid)
}

/** Signal 0 is never delivered; a process of another user answers that it may not be. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
