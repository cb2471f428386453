import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { NnError } from '../nn-error'

/**
 * Replaces a directory whole or not at all: `write` fills one of another name beside it, which then takes the name.
 * What went wrong leaves the directory that was there before, and nothing else. (Between two renames a kill can leave
 * the old one under its name with `.old` added.)
 * @param write puts the files into the directory it is given, which exists.
 * @throws NnError `WRITE_FAILED` naming the path, such as when the disk is full; an `NnError` of `write` with this path.
 */
export async function replaceDirectory(
  path: string,
  write: (directory: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  const old = `${path}.${randomUUID().slice(0, 8)}.old`
  try {
    await mkdir(temporary, { recursive: true })
    await write(temporary)
    const replaced = await renameIfThere(path, old)
    // Undone when it fails, so that the path is never without a directory for long.
    await rename(temporary, path).catch(async (cause) => {
      if (replaced) await rename(old, path)
      throw cause
    })
    await rm(old, { recursive: true, force: true })
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
    // The temporary name is gone by now and would tell nobody anything.
    const message = (cause as Error).message.replaceAll(temporary, path)
    if (NnError.isInstance(cause)) throw new NnError(cause.code, message, { cause })
    throw new NnError('WRITE_FAILED', `${path}: could not be written: ${message}`, { cause })
  }
}

const renameIfThere = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
