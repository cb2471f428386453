import type { DType, TypedArray } from '@prefkit/tensor'
import { widenHalf } from './widen-half'

/** An element that the dtype of tensors does not hold. */
export interface Misfit {
  readonly index: number
  readonly misfit: number | bigint
}

/** How the elements of a file become those of a tensor. */
export interface ElementType {
  /** Bytes an element. */
  readonly size: number
  readonly dtype: DType
  /** True where the elements are the bytes, without any conversion. */
  readonly inPlace?: true
  /** The elements of aligned bytes, or the first that the dtype does not hold. */
  decode(bytes: Uint8Array): TypedArray | Misfit
}

interface ArrayClass<T> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, offset: number, length: number): T
}

const viewAs = <T>(array: ArrayClass<T>, { buffer, byteOffset, byteLength }: Uint8Array): T =>
  new array(buffer, byteOffset, byteLength / array.BYTES_PER_ELEMENT)

/** An element type that is a dtype of tensors, read in place. */
const same = (dtype: DType, array: ArrayClass<TypedArray>): ElementType => ({
  size: array.BYTES_PER_ELEMENT,
  dtype,
  inPlace: true,
  decode: (bytes) => viewAs(array, bytes),
})

/** Integers of other widths: i32 when all of them fit. */
const integers = <T extends number | bigint>(array: ArrayClass<ArrayLike<T>>): ElementType => ({
  size: array.BYTES_PER_ELEMENT,
  dtype: 'i32',
  decode(bytes) {
    const values = viewAs(array, bytes)
    const data = new Int32Array(values.length)
    for (let i = 0; i < data.length; i++) {
      data[i] = Number(values[i])
      if (data[i] !== Number(values[i])) return { index: i, misfit: values[i]! }
    }
    return data
  },
})

/** 16-bit floats, each widened to the bits of the same f32. */
const halves = (widen: (half: number) => number): ElementType => ({
  size: 2,
  dtype: 'f32',
  decode(bytes) {
    const values = viewAs(Uint16Array, bytes)
    const words = new Uint32Array(values.length)
    for (let i = 0; i < words.length; i++) words[i] = widen(values[i]!)
    return new Float32Array(words.buffer)
  },
})

/** The element types that are read, by their name in a file. */
export const elementTypes: Readonly<Record<string, ElementType>> = {
  BOOL: { size: 1, dtype: 'bool', decode: (bytes) => bytes.map((byte) => (byte === 0 ? 0 : 1)) },
  U8: integers(Uint8Array),
  I8: integers(Int8Array),
  U16: integers(Uint16Array),
  I16: integers(Int16Array),
  U32: integers(Uint32Array),
  I32: same('i32', Int32Array),
  U64: integers(BigUint64Array),
  I64: integers(BigInt64Array),
  // A brain float is the upper half of an f32.
  BF16: halves((half) => half << 16),
  F16: halves(widenHalf),
  F32: same('f32', Float32Array),
  F64: same('f64', Float64Array),
}

/** Element types that are written, in the order of their tensors in a file: the widest first, so all are aligned. */
export const writtenTypes = [
  ['f64', 'F64'],
  ['f32', 'F32'],
  ['i32', 'I32'],
  ['bool', 'BOOL'],
] as const satisfies readonly (readonly [DType, string])[]
