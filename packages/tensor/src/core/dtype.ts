import { TensorError } from './errors'

/** Element types. `f64` runs on the reference lowering only. */
export type DType = 'f32' | 'f64' | 'i32' | 'bool'

/** The memory behind a tensor: one flat, row-major typed array (`bool` is a byte, 0 or 1). */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array

const constructors = { f32: Float32Array, f64: Float64Array, i32: Int32Array, bool: Uint8Array } as const

/** Zeroed memory for `length` elements. @throws TensorError `OUT_OF_MEMORY` when there is none left for so many. */
export function allocate(dtype: DType, length: number): TypedArray {
  try {
    return new constructors[dtype](length)
  } catch (cause) {
    const bytes = length * constructors[dtype].BYTES_PER_ELEMENT
    const size = `${length} elements of ${dtype} (${(bytes / 2 ** 30).toFixed(1)} GiB)`
    throw new TensorError('OUT_OF_MEMORY', `a tensor of ${size} does not fit into memory`, { cause })
  }
}

/** Real-valued: what can carry a gradient. */
export const isFloat = (dtype: DType): dtype is 'f32' | 'f64' => dtype === 'f32' || dtype === 'f64'

/** The dtype a typed array stands for. */
export function dtypeOf(array: ArrayLike<number>): DType {
  for (const dtype of ['f32', 'f64', 'i32', 'bool'] as const) {
    if (array instanceof constructors[dtype]) return dtype
  }
  throw new TensorError(
    'INVALID_ARGUMENT',
    `data: expected a Float32Array, Float64Array, Int32Array or Uint8Array, got ${array?.constructor?.name}`,
  )
}

const i32Limit = 2 ** 31

/**
 * How a number becomes an element of `dtype`: to `i32` it is cut off towards 0, held within ±2³¹ and 0 for NaN; to
 * `bool` it is whether it differs from 0 (so NaN is true); to a float it is rounded.
 */
export const conversionTo: Readonly<Record<DType, (value: number) => number>> = {
  f32: (value) => value,
  f64: (value) => value,
  i32: (value) => Math.min(Math.max(Math.trunc(value) || 0, -i32Limit), i32Limit - 1),
  bool: (value) => Number(value !== 0),
}

const rank: Record<DType, number> = { bool: 0, i32: 1, f32: 2, f64: 3 }

/** The dtype two operands meet in: bool < i32 < f32 < f64. */
export const promote = (a: DType, b: DType): DType => (rank[a] >= rank[b] ? a : b)
