import { Tensor } from '@prefkit/tensor'
import { NnError } from '../nn-error'
import type { TensorEntry } from './parse-header'

/**
 * The tensor that an entry describes, over its bytes: without a copy where they have the tensor's own form.
 * @throws NnError `UNSUPPORTED_DTYPE` for an integer that 32 bits with a sign do not hold.
 */
export function decodeEntry(
  { name, type, typeName, shape }: TensorEntry,
  bytes: Uint8Array,
  file: string,
): Tensor {
  const aligned = bytes.byteOffset % type.size === 0 ? bytes : bytes.slice()
  const data = type.decode(aligned)
  if ('misfit' in data) {
    const expected = `expected ${typeName} values that fit in i32`
    throw new NnError('UNSUPPORTED_DTYPE', `${file}: ${name}: ${expected}, but ${data.misfit}`)
  }
  return Tensor.fromData(data, shape, type.dtype)
}
