import { type FileHandle, open } from 'node:fs/promises'
import type { Matrix } from '../matrix'
import { RewardModelError } from '../reward-model-error'
import { npyHeaderRange, npyPrefixBytes, parseNpyHeader } from './npy-header'

/** How an element is read. */
interface ElementType {
  readonly size: number
  readonly read: (view: DataView, at: number) => number
}

const elementTypes: Readonly<Record<string, ElementType>> = {
  f2: { size: 2, read: (view, at) => widenHalf(view.getUint16(at, true)) },
  f4: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  f8: { size: 8, read: (view, at) => view.getFloat64(at, true) },
  i1: { size: 1, read: (view, at) => view.getInt8(at) },
}

/** The number that 16 bits stand for (IEEE 754 binary16). */
function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/**
 * The two-dimensional array in a `.npy` file: f2, f4, f8 or i1, little-endian, in C order. Only a block of the file is
 * held beside the result.
 * @throws RewardModelError `INVALID_FILE` naming the file, for one that is cut off, too long or holds anything else.
 */
export async function readNpy(path: string): Promise<Matrix> {
  try {
    const file = await open(path, 'r')
    try {
      return await readMatrix(file)
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new RewardModelError('INVALID_FILE', `${path}: could not be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Bytes of a block, a multiple of every element size. */
const blockBytes = 2 ** 22

async function readMatrix(file: FileHandle): Promise<Matrix> {
  const { size } = await file.stat()
  const { start, end } = npyHeaderRange(await readBytes(file, 0, Math.min(size, npyPrefixBytes)))
  if (end > size) throw new Error(`it is cut off: its header ends at byte ${end} of ${size}`)
  const header = parseNpyHeader(new TextDecoder().decode(await readBytes(file, start, end - start)))
  const type = Object.hasOwn(elementTypes, header.type) ? elementTypes[header.type] : undefined
  if (!type) throw new Error(`expected numbers of type f2, f4, f8 or i1, got ${header.type}`)
  if (header.shape.length !== 2)
    throw new Error(`expected an array of rows × columns, got shape (${header.shape})`)
  const [rows, columns] = header.shape as [number, number]
  const wanted = rows * columns * type.size
  if (size - end !== wanted) {
    throw new Error(`its shape (${header.shape}) takes ${wanted} bytes of data, it has ${size - end}`)
  }
  const data = new Float32Array(rows * columns)
  for (let done = 0; done < wanted; done += blockBytes) {
    const bytes = await readBytes(file, end + done, Math.min(blockBytes, wanted - done))
    const view = new DataView(bytes.buffer)
    const first = done / type.size
    for (let i = 0; i * type.size < bytes.length; i++) data[first + i] = type.read(view, i * type.size)
  }
  return { data, rows, columns }
}

async function readBytes(file: FileHandle, at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done)
    if (bytesRead === 0) throw new Error(`it ended after ${at + done} bytes, while it was being read`)
    done += bytesRead
  }
  return bytes
}
