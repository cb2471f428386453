import { allocate, conversionTo, type DType, type TypedArray } from '../core/dtype'
import { TensorError } from '../core/errors'
import type { Tensor } from '../core/tensor'
import { largestExact } from './form'
import type { GpuNode } from './graph'

/**
 * The elements as the f32 numbers that kernels read.
 * @throws TensorError `BACKEND_UNSUPPORTED` for a whole number that f32 cannot hold.
 */
export function toDevice({ data, dtype }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data
  if (dtype === 'i32') {
    const large = data.findIndex((value) => Math.abs(value) > largestExact)
    if (large >= 0) {
      throw new TensorError(
        'BACKEND_UNSUPPORTED',
        `gpu: element ${large} of an i32 tensor is ${data[large]}; kernels hold whole numbers up to ±(2^24 − 1) exactly`,
      )
    }
  }
  return Float32Array.from(data)
}

/** The tensor as kernels take it from the host. */
export function toArgument({ isNumber }: GpuNode, tensor: Tensor): Float32Array | number {
  const numbers = toDevice(tensor)
  return isNumber ? numbers[0]! : numbers
}

/**
 * What kernels computed, as elements of a dtype.
 * @throws TensorError `INDEX_OUT_OF_RANGE` where a whole number is not exact, or was read at an index out of range.
 */
export function fromDevice(numbers: Float32Array, dtype: DType): TypedArray {
  if (dtype === 'f32') return numbers
  const convert = conversionTo[dtype]
  const data = allocate(dtype, numbers.length)
  for (let i = 0; i < numbers.length; i++) {
    if (dtype === 'i32' && Number.isNaN(numbers[i])) {
      throw new TensorError(
        'INDEX_OUT_OF_RANGE',
        `gpu: element ${i} of an i32 result went beyond ±(2^24 − 1), or was read at an index out of range`,
      )
    }
    data[i] = convert(numbers[i]!)
  }
  return data
}
