import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PrefkitError } from '../prefkit-error'

/**
 * Replaces a file whole: the content goes to a temporary name beside it, is flushed, and takes the name. A reader
 * sees the old file or the new one; a failure (disk full) leaves the old one and no temporary file.
 * @throws PrefkitError `WRITE_FAILED` naming the path and the cause; what the content throws, as it is.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    // Fails where the file could not be made either, such as below another file: the first error says why.
    await rm(temporary, { force: true }).catch(() => {})
    throw writeFailure(path, cause)
  }
}

/** An error of the file system as `WRITE_FAILED` naming the path; any other as it is. */
export function writeFailure(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause
  return new PrefkitError('WRITE_FAILED', `${path} could not be written: ${cause.message}`, { cause })
}

/** Writes a value as indented JSON, atomically. */
export const writeJson = (path: string, value: unknown): Promise<void> =>
  writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`)
