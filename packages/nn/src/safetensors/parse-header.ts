import { NnError } from '../nn-error'
import { type ElementType, elementTypes } from './element-types'
import { parseStrictJson } from './parse-strict-json'

/** Bytes before the header: its length as a 64-bit number, lowest byte first. */
export const lengthBytes = 8

/** The reference implementation refuses longer headers too. */
const longestHeader = 100_000_000

/** A tensor as the header describes it. */
export interface TensorEntry {
  readonly name: string
  readonly type: ElementType
  /** Name of the element type in the file. */
  readonly typeName: string
  readonly shape: readonly number[]
  /** Where its bytes begin and end, from the first byte after the header. */
  readonly begin: number
  readonly end: number
}

/** A header, checked against the size of the file. */
export interface Header {
  /** By place in the file. */
  readonly entries: readonly TensorEntry[]
  readonly metadata: Record<string, string>
}

/** An `INVALID_FILE` error about a file. */
const invalid = (file: string, problem: string, cause?: unknown): NnError =>
  new NnError('INVALID_FILE', `${file}: ${problem}`, { cause })

/**
 * The length of the header that follows.
 * @param prefix the first 8 bytes of the file, or all of a shorter one.
 * @throws NnError `INVALID_FILE` when the file is shorter than that, or the header longer than can be.
 */
export function headerLength(prefix: Uint8Array, fileSize: number, file: string): number {
  if (prefix.byteLength < lengthBytes) {
    throw invalid(file, `expected at least ${lengthBytes} bytes, got ${prefix.byteLength}`)
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true)
  const most = Math.min(longestHeader, fileSize - lengthBytes)
  if (length > most) {
    throw invalid(
      file,
      `its header says it is ${length} bytes long, expected at most ${most}: truncated, or no safetensors file`,
    )
  }
  return Number(length)
}

/**
 * What the header says, after making sure that every tensor's bytes are there, once, and nothing else is.
 * @param dataSize bytes after the header.
 * @throws NnError `INVALID_FILE` naming the file and the tensor, or `UNSUPPORTED_DTYPE`.
 */
export function parseHeader(bytes: Uint8Array, dataSize: number, file: string): Header {
  const { __metadata__: metadata, ...tensors } = parseJson(bytes, file)
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value, file))
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let place = 0
  for (const { name, begin, end } of entries) {
    if (begin !== place) {
      const problem = begin < place ? 'overlap those of another tensor' : 'leave a gap before them'
      throw invalid(file, `${name}: its bytes ${begin} to ${end} ${problem}, expected them from ${place} on`)
    }
    place = end
  }
  if (place !== dataSize) {
    throw invalid(file, `its tensors take ${place} bytes, but ${dataSize} follow the header`)
  }
  return { entries, metadata: parseMetadata(metadata ?? {}, file) }
}

function parseJson(bytes: Uint8Array, file: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    throw invalid(
      file,
      `its header is no JSON that can be read: ${(cause as Error).message.slice(0, 200)}`,
      cause,
    )
  }
  if (!isRecord(value)) throw invalid(file, 'its header is no JSON object')
  return value
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** A header may hold a hundred megabytes; a message should not. */
const excerpt = (value: unknown): string => String(JSON.stringify(value)).slice(0, 80)

function parseEntry(name: string, value: unknown, file: string): TensorEntry {
  const fail = (field: string, expected: string, got: unknown): NnError =>
    invalid(file, `${name}: ${field}: expected ${expected}, got ${excerpt(got)}`)
  if (!isRecord(value)) throw fail('its entry', 'an object', value)
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string') throw fail('dtype', 'a string', dtype)
  if (!Array.isArray(shape) || !shape.every(isSize)) throw fail('shape', 'whole numbers of at least 0', shape)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize) || offsets[0] > offsets[1]) {
    throw fail('data_offsets', 'two whole numbers that do not fall', offsets)
  }
  if (!Object.hasOwn(elementTypes, dtype)) {
    const known = Object.keys(elementTypes).join(', ')
    throw new NnError(
      'UNSUPPORTED_DTYPE',
      `${file}: ${name}: expected one of ${known}, got ${dtype.slice(0, 80)}`,
    )
  }
  const type = elementTypes[dtype]!
  const [begin, end] = offsets as [number, number]
  const needed = (shape as number[]).reduce((a, b) => a * b, type.size)
  if (needed !== end - begin) {
    throw invalid(
      file,
      `${name}: ${dtype} ${excerpt(shape)} takes ${needed} bytes, its offsets give ${end - begin}`,
    )
  }
  return { name, type, typeName: dtype, shape, begin, end }
}

function parseMetadata(metadata: unknown, file: string): Record<string, string> {
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string')) {
    return metadata as Record<string, string>
  }
  throw invalid(file, '__metadata__: expected an object of strings')
}
