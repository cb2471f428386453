import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PrefkitError } from '../prefkit-error'

/**
 * Replaces a file whole: the content goes to a temporary name beside it, is flushed, and takes the name. A reader
 * sees the old file or the new one; a failure (disk full) leaves the old one and no temporary file.
 * @throws PrefkitError `WRITE_FAILED` naming the path and the cause.
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new PrefkitError('WRITE_FAILED', `${path} could not be written: ${reason}`, { cause })
  }
}

/** Writes a value as indented JSON, atomically. */
export const writeJson = (path: string, value: unknown): Promise<void> =>
  writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`)
