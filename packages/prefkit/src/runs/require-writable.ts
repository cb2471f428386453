import { mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PrefkitError } from '../prefkit-error'

/**
 * Makes sure, before any work, that a directory can be made or written to: something must be possible to make in the
 * nearest one that exists.
 * @throws PrefkitError `WRITE_FAILED` naming the path and what is in its way.
 */
export const requireWritable = (path: string): Promise<void> => requireRoom(path, path)

/**
 * Makes sure, before any work, that a file can be made or replaced, as `requireWritable` does for a directory.
 * @throws PrefkitError `WRITE_FAILED` naming the path and what is in its way.
 */
export async function requireWritableFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  // A device or pipe would be replaced by a file of its name.
  if (found && !found.isFile())
    throw new PrefkitError('WRITE_FAILED', `${path} could not be written: it is there and is no regular file`)
  await requireRoom(path, dirname(path))
}

async function requireRoom(path: string, directory: string): Promise<void> {
  let place = resolve(directory)
  for (;;) {
    const found = await stat(place).catch(() => undefined)
    if (found && !found.isDirectory()) {
      throw new PrefkitError(
        'WRITE_FAILED',
        `${path} could not be written: ${place} is a file, not a directory`,
      )
    }
    if (found) break
    place = dirname(place)
  }
  // A directory is made and removed: what `access` allows root, a read-only or special file system may still refuse.
  try {
    await rmdir(await mkdtemp(join(place, '.prefkit-')))
  } catch (cause) {
    const reason = (cause as Error).message
    throw new PrefkitError(
      'WRITE_FAILED',
      `${path} could not be written: nothing can be made in ${place}: ${reason}`,
      { cause },
    )
  }
}
