import { type FileHandle, open } from 'node:fs/promises'
import { Tensor, type TypedArray } from '@prefkit/tensor'
import { NnError } from '../nn-error'
import { decodeEntry } from '../safetensors/decode-entry'
import { headerLength, lengthBytes, parseHeader, type TensorEntry } from '../safetensors/parse-header'

/** What the header of a safetensors file says of a tensor. */
export interface SafetensorsEntry {
  readonly name: string
  /** The element type in the file, such as `BF16`. */
  readonly type: string
  readonly shape: readonly number[]
}

/** A safetensors file that is open, of which nothing but the header has been read. */
export interface OpenSafetensors {
  /** By place in the file. */
  readonly entries: readonly SafetensorsEntry[]
  readonly metadata: Readonly<Record<string, string>>
  /**
   * One tensor, as `parseSafetensors` would give it. Besides the tensor it takes a few megabytes, however large it is.
   * @throws NnError `INVALID_OPTION` for a name that is not there, `READ_FAILED` when the file cannot be read (any more).
   */
  read(name: string): Promise<Tensor>
  close(): Promise<void>
}

/**
 * Opens a safetensors file, to read its tensors one at a time; `close` it afterwards. Nothing is allocated before the
 * header is checked against the size of the file.
 * @throws NnError `READ_FAILED` when the file cannot be opened or read, and as `parseSafetensors`, naming the path.
 */
export async function openSafetensors(path: string): Promise<OpenSafetensors> {
  const file = await attempt(path, () => open(path, 'r'))
  try {
    const { size } = await attempt(path, () => file.stat())
    const read = (at: number, length: number) => attempt(path, () => readBytes(file, at, length))
    const length = headerLength(await read(0, Math.min(size, lengthBytes)), size, path)
    const start = lengthBytes + length
    const header = parseHeader(await read(lengthBytes, length), size - start, path)
    const byName = new Map(header.entries.map((entry) => [entry.name, entry]))
    return {
      entries: header.entries.map(({ name, typeName, shape }) => ({ name, type: typeName, shape })),
      metadata: header.metadata,
      read: async (name) => {
        const entry = byName.get(name)
        if (entry) return attempt(path, () => readEntry(file, start, entry, path))
        throw new NnError('INVALID_OPTION', `${path}: name: expected one of its tensors, got ${name}`)
      },
      close: () => file.close(),
    }
  } catch (cause) {
    await file.close()
    throw cause
  }
}

/** A multiple of every element's size. */
const pieceBytes = 2 ** 20

/**
 * Types that are not those of tensors are decoded a piece at a time: else bytes and elements of a large tensor would both
 * be in memory.
 */
async function readEntry(file: FileHandle, start: number, entry: TensorEntry, path: string): Promise<Tensor> {
  const size = entry.end - entry.begin
  const at = start + entry.begin
  if (size <= pieceBytes || entry.type.inPlace) {
    return decodeEntry(entry, await readBytes(file, at, size), path)
  }
  let data: TypedArray | undefined
  for (let done = 0; done < size; done += pieceBytes) {
    const bytes = await readBytes(file, at + done, Math.min(pieceBytes, size - done))
    const first = done / entry.type.size
    const piece = decodeEntry(
      { ...entry, shape: [bytes.byteLength / entry.type.size] },
      bytes,
      path,
      first,
    ).data
    data ??= new (piece.constructor as new (length: number) => TypedArray)(size / entry.type.size)
    data.set(piece, first)
  }
  return Tensor.fromData(data!, entry.shape, entry.type.dtype)
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
