import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { JudgeError } from '../judge-error'

/** What a lock says of its holder; the token tells apart processes that had the same number one after the other. */
interface Holder {
  readonly pid: number
  readonly host: string
  readonly token: string
}

/** Tokens of the locks that this process has. */
const held = new Set<string>()

/**
 * Takes a lock that no one else has; one that a killed process left is taken over. Between processes of one machine it is
 * exact. A lock of another host counts as held, since nobody here can see whether its process lives.
 * @param path what is locked, for messages; the lock is `<path>.lock`.
 * @returns what gives it back.
 * @throws JudgeError `LOCKED`, naming the process that has it.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const file = `${path}.lock`
  const own: Holder = { pid: process.pid, host: hostname(), token: randomUUID() }
  const prepared = `${file}.${own.token.slice(0, 8)}.tmp`
  held.add(own.token)
  try {
    await writeFile(prepared, JSON.stringify(own), { flag: 'wx' })
    await inTurn(path, `${file}.turn`, async () => {
      const holder = await readHolder(file)
      if (holder && isHeld(holder)) throw locked(path, file, holder)
      await rename(prepared, file)
    })
  } catch (error) {
    held.delete(own.token)
    await rm(prepared, { force: true }).catch(() => {})
    throw error
  }
  return async () => {
    // Nobody replaces the lock of a living process, so that what is read here is still there when it is removed.
    if ((await readHolder(file))?.token === own.token) await rm(file, { force: true }).catch(() => {})
    held.delete(own.token)
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
    throw new JudgeError('LOCKED', 'journal', message)
  })
  try {
    await replace()
  } finally {
    await rmdir(turn)
  }
}

function locked(path: string, file: string, { pid, host }: Holder): JudgeError {
  const isHere = host === hostname()
  const who = isHere ? `process ${pid}` : `process ${pid} of ${host}`
  const remedy = isHere ? 'if that is something else' : 'if that has ended, which cannot be seen from here'
  const message = `journal ${path} is being written by ${who}; wait for it, or delete ${file} ${remedy}`
  return new JudgeError('LOCKED', 'journal', message)
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
