import { Tensor } from '@prefkit/tensor'
import { NnError } from '../nn-error'
import type { TensorEntry } from './parse-header'

/**
 * The tensor that an entry describes, over its bytes: without a copy where they have the tensor's own form.
 * @param firstIndex where the bytes begin in the tensor, when they are a piece of it.
 * @throws NnError `UNSUPPORTED_DTYPE` for an integer that 32 bits with a sign do not hold.
 */
export function decodeEntry(
  { name, type, typeName, shape }: TensorEntry,
  bytes: Uint8Array,
  file: string,
  firstIndex = 0,
): Tensor {
  // The constructor copies, which `slice` of a Node Buffer does not.
  const aligned = bytes.byteOffset % type.size === 0 ? bytes : new Uint8Array(bytes)
  const data = type.decode(aligned)
  if ('misfit' in data) {
    const problem = `element ${firstIndex + data.index} is ${data.misfit}`
    const expected = `expected ${typeName} values that fit in i32`
    throw new NnError('UNSUPPORTED_DTYPE', `${file}: ${name}: ${expected}, but ${problem}`)
  }
  return Tensor.fromData(data, shape, type.dtype)
}
