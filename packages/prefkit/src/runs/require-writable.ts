import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { PrefkitError } from '../prefkit-error'

/**
 * Makes sure, before any work, that a directory can be made or written to: the nearest one that exists must be writable.
 * @throws PrefkitError `WRITE_FAILED` naming the path and what is in its way.
 */
export async function requireWritable(path: string): Promise<void> {
  let place = resolve(path)
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
  await access(place, constants.W_OK).catch((cause: unknown) => {
    throw new PrefkitError('WRITE_FAILED', `${path} could not be written: ${place} is read-only`, { cause })
  })
}
