import type { Tensor } from '@prefkit/tensor'
import { NnError } from '../nn-error'
import { requireNames } from '../require-option'
import { writtenTypes } from './element-types'
import { lengthBytes } from './parse-header'

/** Options of {@link serializeSafetensors} and `writeSafetensors`. */
export interface SerializeSafetensorsOptions {
  /** Strings by name that the header keeps beside the tensors. Default: none. */
  metadata?: Readonly<Record<string, string>>
}

/**
 * The pieces of a safetensors file, in order: length and header, then the bytes of each tensor, uncopied. The same
 * tensors and metadata give the same bytes, whatever the order of their names.
 * @throws NnError `INVALID_OPTION` for a name that a file cannot have, or metadata that are no strings.
 */
export function safetensorsChunks(
  tensors: Readonly<Record<string, Tensor>>,
  options: SerializeSafetensorsOptions = {},
): Uint8Array[] {
  requireNames('serializeSafetensors', options, { metadata: true })
  const { metadata = {} } = options
  const sorted = Object.entries(tensors).sort(([a, x], [b, y]) => rankOf(x) - rankOf(y) || compare(a, b))
  let place = 0
  const entries = sorted.map(([name, tensor]): Entry => {
    requireText('name', name)
    if (name === '__metadata__') throw new NnError('INVALID_OPTION', 'name: __metadata__ names no tensor')
    const begin = place
    place += tensor.data.byteLength
    const dtype = writtenTypes[rankOf(tensor)]![1]
    return [name, JSON.stringify({ dtype, shape: tensor.dims, data_offsets: [begin, place] })]
  })
  const notes = Object.entries(metadata).sort(([a], [b]) => compare(a, b))
  const head = notes.length > 0 ? [['__metadata__', objectText(notes.map(noteEntry))] as const] : []
  return [encodeHeader(objectText([...head, ...entries])), ...sorted.map(([, { data }]) => bytesOf(data))]
}

/**
 * The bytes of a safetensors file with these tensors: f32, f64, i32 and bool as F32, F64, I32 and BOOL. The same
 * tensors and metadata give the same bytes, whatever the order of their names.
 * @throws NnError `INVALID_OPTION` for a name that a file cannot have, or metadata that are no strings.
 */
export function serializeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  options: SerializeSafetensorsOptions = {},
): Uint8Array {
  const chunks = safetensorsChunks(tensors, options)
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let place = 0
  for (const chunk of chunks) {
    bytes.set(chunk, place)
    place += chunk.byteLength
  }
  return bytes
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const rankOf = (tensor: Tensor): number => writtenTypes.findIndex(([dtype]) => dtype === tensor.dtype)

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

function requireText(name: string, value: unknown): void {
  if (typeof value === 'string' && !/\p{Surrogate}/u.test(value)) return
  const expected = 'text without lone surrogates'
  throw new NnError('INVALID_OPTION', `${name}: expected ${expected}, got ${JSON.stringify(value)}`)
}

function noteEntry([key, value]: readonly [string, string]): Entry {
  requireText('metadata', key)
  requireText(`metadata.${key}`, value)
  return [key, JSON.stringify(value)]
}

/** Padded with spaces, so that the tensors after it are aligned. */
function encodeHeader(text: string): Uint8Array {
  const json = new TextEncoder().encode(text)
  const length = Math.ceil(json.byteLength / lengthBytes) * lengthBytes
  const header = new Uint8Array(lengthBytes + length).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true)
  header.set(json, lengthBytes)
  return header
}

/** A key and its value's JSON. */
type Entry = readonly [key: string, json: string]

/** Written out, because a plain object would move keys that look like numbers to its front. */
const objectText = (entries: readonly Entry[]): string =>
  `{${entries.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`
