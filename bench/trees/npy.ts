import { openSync, readFileSync, writeSync } from 'node:fs'

const magic = '\x93NUMPY'
const kinds = { f4: { bytes: 4, array: Float32Array }, f8: { bytes: 8, array: Float64Array } } as const

/** An array of NumPy's, row-major. */
export interface NpyArray {
  readonly data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>
  readonly shape: readonly number[]
}

/** Opens a file for an array of f32 or f64 of that shape. @returns The descriptor, to which the numbers are yet to be written. */
export function beginNpy(file: string, kind: keyof typeof kinds, shape: readonly number[]): number {
  const text = `{'descr': '<${kind}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  // Version 1.0: what comes before the numbers is a multiple of 64 bytes, and ends in a new line.
  const length = 64 * Math.ceil((magic.length + 4 + text.length + 1) / 64) - magic.length - 4
  const size = Buffer.from([1, 0, length & 255, length >> 8])
  const descriptor = openSync(file, 'w')
  writeSync(
    descriptor,
    Buffer.concat([Buffer.from(magic, 'latin1'), size, Buffer.from(`${text.padEnd(length - 1)}\n`)]),
  )
  return descriptor
}

/** Writes numbers behind those that were written before. */
export function writeNumbers(descriptor: number, numbers: Float32Array | Float64Array): void {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}

/** The numbers of a file, without a copy of them. @throws Error where it is none of version 1.0 of little-endian f32 or f64. */
export function readNpy(file: string): NpyArray {
  const bytes = readFileSync(file)
  const start = 10 + bytes.readUInt16LE(8)
  const header = bytes.toString('latin1', 10, start)
  const [, kind, dimensions] =
    /^\{'descr': '<(f4|f8)', 'fortran_order': False, 'shape': \(([\d, ]*)\)/.exec(header) ?? []
  if (bytes.toString('latin1', 0, 6) !== magic || bytes[6] !== 1 || !kind || dimensions === undefined)
    throw new Error(`${file}: expected a file of NumPy of little-endian f32 or f64, row-major`)
  const shape = dimensions.split(',').flatMap((part) => (part.trim() ? [Number(part)] : []))
  // One of the two that the pattern lets through.
  const { bytes: width, array: Numbers } = kinds[kind as keyof typeof kinds]
  const length = shape.reduce((product, size) => product * size, 1)
  if (bytes.length !== start + width * length)
    throw new Error(`${file}: expected ${length} numbers, got ${(bytes.length - start) / width}`)
  return { data: new Numbers(bytes.buffer, bytes.byteOffset + start, length), shape }
}
