import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { NnError } from '../nn-error'

/** A file that is being written, as far as it is used. */
export interface WritableFile {
  write(bytes: Uint8Array): Promise<{ bytesWritten: number }>
  sync(): Promise<void>
  close(): Promise<void>
}

/** What writing needs of a file system. */
export interface FileSystem {
  /** Fails when the file exists. */
  create(path: string): Promise<WritableFile>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
}

const disk: FileSystem = {
  create: (path) => open(path, 'wx'),
  rename,
  remove: (path) => rm(path, { force: true }),
}

/**
 * Writes a file whole or not at all: under another name beside it, forced to the disk, then renamed. What went wrong
 * leaves the file that was there before, and nothing else.
 * @throws NnError `WRITE_FAILED` naming the path, such as when the disk is full.
 */
export async function writeAtomically(
  path: string,
  chunks: readonly Uint8Array[],
  { create, rename, remove }: FileSystem = disk,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const file = await create(temporary)
    try {
      for (const chunk of chunks) await writeAll(file, chunk)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    // The first failure is the one to tell; the one of tidying up after it is not.
    await remove(temporary).catch(() => {})
    throw new NnError('WRITE_FAILED', `${path}: could not be written: ${(cause as Error).message}`, { cause })
  }
}

/** One write may take less than it was given, and less than 2³¹ bytes. */
async function writeAll(file: WritableFile, bytes: Uint8Array): Promise<void> {
  const longestWrite = 2 ** 30
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesWritten } = await file.write(bytes.subarray(done, done + longestWrite))
    if (bytesWritten === 0) throw new Error('the disk took no more bytes')
    done += bytesWritten
  }
}
