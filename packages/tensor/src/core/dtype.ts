import { TensorError } from './errors'

/** Element types. `f64` runs on the reference lowering only. */
export type DType = 'f32' | 'f64' | 'i32' | 'bool'

/** The memory behind a tensor: one flat, row-major typed array (`bool` is a byte, 0 or 1). */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array

const constructors = { f32: Float32Array, f64: Float64Array, i32: Int32Array, bool: Uint8Array } as const

/** Zeroed memory for `length` elements. */
export const allocate = (dtype: DType, length: number): TypedArray => new constructors[dtype](length)

/** Real-valued: what can carry a gradient. */
export const isFloat = (dtype: DType): dtype is 'f32' | 'f64' => dtype === 'f32' || dtype === 'f64'

/** The dtype a typed array stands for. */
export function dtypeOf(array: ArrayLike<number>): DType {
  for (const dtype of ['f32', 'f64', 'i32', 'bool'] as const) {
    if (array instanceof constructors[dtype]) return dtype
  }
  throw new TensorError(
    'invalid-argument',
    `data: expected a Float32Array, Float64Array, Int32Array or Uint8Array, got ${array?.constructor?.name}`,
  )
}

const rank: Record<DType, number> = { bool: 0, i32: 1, f32: 2, f64: 3 }

/** The dtype two operands meet in: bool < i32 < f32 < f64. */
export const promote = (a: DType, b: DType): DType => (rank[a] >= rank[b] ? a : b)
