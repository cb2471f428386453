import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PrefkitError } from '../prefkit-error'
import { writeFailure } from './write-atomic'

/**
 * Takes a run for this process alone; a lock that a killed process left is taken over.
 * @param path the run's directory.
 * @returns gives the run free again.
 * @throws PrefkitError `RUN_LOCKED` naming the process that has it.
 */
export async function lockRun(path: string): Promise<() => Promise<void>> {
  const file = join(path, 'lock')
  const release = (): Promise<void> => rm(file, { force: true })
  if (await tryLock(file)) return release
  const holder = Number(await readFile(file, 'utf8').catch(() => ''))
  if (isAlive(holder)) {
    const message = `${path} is being worked on by process ${holder}; wait for it, or delete ${file} if that is something else`
    throw new PrefkitError('RUN_LOCKED', message)
  }
  await release()
  if (await tryLock(file)) return release
  throw new PrefkitError('RUN_LOCKED', `${path} was taken by another process just now; wait for it`)
}

const tryLock = (file: string): Promise<boolean> =>
  writeFile(file, `${process.pid}`, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw writeFailure(file, error)
    },
  )

/** Signal 0 is never delivered; a process of another user answers that it may not be. */
function isAlive(holder: number): boolean {
  if (!Number.isInteger(holder) || holder <= 0 || holder === process.pid) return false
  try {
    process.kill(holder, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
