import type { Tensor } from '@prefkit/tensor'
import { requireNames } from '../require-option'
import { decodeEntry } from './decode-entry'
import { headerLength, lengthBytes, parseHeader } from './parse-header'

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name. */
  readonly tensors: Record<string, Tensor>
  readonly metadata: Record<string, string>
}

/** Options of {@link parseSafetensors}. */
export interface ParseSafetensorsOptions {
  /** What errors call the bytes. Default: `safetensors`. */
  file?: string
}

/**
 * The tensors in the bytes of a safetensors file. BF16 and F16 are widened to f32, exactly; F64 stays f64; BOOL is
 * bool; integers become i32. Tensors share the memory of `bytes` where they can, so it must not be changed afterwards.
 * @throws NnError `INVALID_FILE` for a file that is cut off, has no valid header, or whose tensors overlap, leave gaps
 *   or have another size than their shape; `UNSUPPORTED_DTYPE` for other element types and integers beyond 32 bits.
 *   The message names the file and the tensor.
 */
export function parseSafetensors(bytes: Uint8Array, options: ParseSafetensorsOptions = {}): Safetensors {
  requireNames('parseSafetensors', options, { file: true })
  const { file = 'safetensors' } = options
  const length = headerLength(bytes.subarray(0, lengthBytes), bytes.byteLength, file)
  const data = bytes.subarray(lengthBytes + length)
  const header = parseHeader(bytes.subarray(lengthBytes, lengthBytes + length), data.byteLength, file)
  const tensors = header.entries.map((entry): [string, Tensor] => [
    entry.name,
    decodeEntry(entry, data.subarray(entry.begin, entry.end), file),
  ])
  return { tensors: Object.fromEntries(tensors), metadata: header.metadata }
}
