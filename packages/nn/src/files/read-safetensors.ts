import { type FileHandle, open } from 'node:fs/promises'
import type { Tensor } from '@prefkit/tensor'
import { NnError } from '../nn-error'
import { decodeEntry } from '../safetensors/decode-entry'
import { headerLength, lengthBytes, parseHeader } from '../safetensors/parse-header'
import type { Safetensors } from '../safetensors/parse-safetensors'

/**
 * Reads a safetensors file: as `parseSafetensors`, but tensor by tensor, so that a file larger than one array can be
 * is read too. Nothing is allocated before the header is checked against the size of the file.
 * @throws NnError `READ_FAILED` when the file cannot be opened or read, and as `parseSafetensors`, naming the path.
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const file = await attempt(path, () => open(path, 'r'))
  try {
    const { size } = await attempt(path, () => file.stat())
    const read = (at: number, length: number) => attempt(path, () => readBytes(file, at, length))
    const length = headerLength(await read(0, Math.min(size, lengthBytes)), size, path)
    const start = lengthBytes + length
    const header = parseHeader(await read(lengthBytes, length), size - start, path)
    const tensors: [string, Tensor][] = []
    for (const entry of header.entries) {
      const bytes = await read(start + entry.begin, entry.end - entry.begin)
      tensors.push([entry.name, decodeEntry(entry, bytes, path)])
    }
    return { tensors: Object.fromEntries(tensors), metadata: header.metadata }
  } finally {
    await file.close()
  }
}

async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    if (NnError.isInstance(cause)) throw cause
    throw new NnError('READ_FAILED', `${path}: could not be read: ${(cause as Error).message}`, { cause })
  }
}

/** One read of the operating system takes less than 2³¹ bytes. */
const longestRead = 2 ** 30

async function readBytes(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const wanted = Math.min(length - done, longestRead)
    const { bytesRead } = await file.read(bytes, done, wanted, at + done)
    if (bytesRead === 0) throw new Error(`it ended after ${at + done} bytes, while it was being read`)
    done += bytesRead
  }
  return bytes
}
