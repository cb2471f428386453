import { type FileHandle, open } from 'node:fs/promises'
import type { ByteSource } from '../byte-source'
import { LmError } from '../lm-error'

/** A file that is read piece by piece, until it is closed. */
export interface FileSource extends ByteSource {
  close(): Promise<void>
}

const readFailed = (path: string, cause: unknown): LmError =>
  new LmError('READ_FAILED', `${path}: could not be read: ${(cause as Error).message}`, { cause })

/** @throws LmError `READ_FAILED` when it cannot be opened; reading throws it too. */
export async function openFile(path: string): Promise<FileSource> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (cause) {
    throw readFailed(path, cause)
  }
  try {
    const { size } = await file.stat()
    return {
      name: path,
      size,
      read: (at, length) => readBytes(file, path, at, length),
      close: () => file.close(),
    }
  } catch (cause) {
    await file.close()
    throw readFailed(path, cause)
  }
}

/** One read of the operating system takes less than 2³¹ bytes. */
const longestRead = 2 ** 30

async function readBytes(file: FileHandle, path: string, at: number, length: number): Promise<Uint8Array> {
  try {
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const wanted = Math.min(length - done, longestRead)
      const { bytesRead } = await file.read(bytes, done, wanted, at + done)
      if (bytesRead === 0) throw new Error(`it ended after ${at + done} bytes, while it was being read`)
      done += bytesRead
    }
    return bytes
  } catch (cause) {
    throw readFailed(path, cause)
  }
}
