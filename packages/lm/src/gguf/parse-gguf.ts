import { excerpt } from '../check-options'
import { LmError } from '../lm-error'
import { type ByteReader, byteReader } from './byte-reader'
import { type GgufTensorType, tensorTypes } from './tensor-types'

/** A value of the metadata. 64-bit integers that a number does not hold exactly are bigints. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[]

/** A tensor as the header describes it. */
export interface GgufTensor {
  readonly name: string
  /** Outermost size first, as PyTorch has it; the file has them the other way round. */
  readonly shape: readonly number[]
  readonly type: GgufTensorType
  /** Where its bytes are in the file. */
  readonly begin: number
  readonly end: number
}

/** What the beginning of a GGUF file says. */
export interface GgufHeader {
  readonly version: number
  readonly metadata: Readonly<Record<string, GgufValue>>
  /** By place in the file. */
  readonly tensors: readonly GgufTensor[]
}

const magic = 0x46554747
const invalid = (file: string, problem: string): LmError => new LmError('INVALID_FILE', `${file}: ${problem}`)

/** Arrays of arrays are in no file of a model, and this many in one another would be an attack. */
const deepest = 4

/** Fewest bytes of an entry of the metadata, and of a tensor: empty names, smallest values. */
const smallestEntry = 8 + 4 + 1
const smallestTensor = 8 + 4 + 4 + 8

interface ValueType {
  /** Fewest bytes of one. */
  readonly size: number
  read(reader: ByteReader, key: string, depth: number): GgufValue
}

const plain = (size: number, read: (reader: ByteReader) => GgufValue): ValueType => ({ size, read })

const valueTypes = (file: string): readonly ValueType[] => [
  plain(1, (reader) => reader.u8()),
  plain(1, (reader) => reader.i8()),
  plain(2, (reader) => reader.u16()),
  plain(2, (reader) => reader.i16()),
  plain(4, (reader) => reader.u32()),
  plain(4, (reader) => reader.i32()),
  plain(4, (reader) => reader.f32()),
  plain(1, (reader) => reader.u8() !== 0),
  { size: 8, read: (reader, key) => reader.text(key) },
  { size: 12, read: (reader, key, depth) => readArray(reader, key, depth, file) },
  plain(8, (reader) => reader.u64()),
  plain(8, (reader) => reader.i64()),
  plain(8, (reader) => reader.f64()),
]

function typeAt(reader: ByteReader, key: string, file: string): ValueType {
  const number = reader.u32()
  const type = valueTypes(file)[number]
  if (type) return type
  throw invalid(file, `${excerpt(key)}: its type: expected a number from 0 to 12, got ${number}`)
}

function readArray(reader: ByteReader, key: string, depth: number, file: string): GgufValue {
  if (depth >= deepest)
    throw invalid(file, `${excerpt(key)}: arrays within arrays, more than ${deepest} deep`)
  const type = typeAt(reader, key, file)
  const count = boundedCount(reader, `the number of elements of ${excerpt(key)}`, type.size, file)
  const values: GgufValue[] = []
  for (let i = 0; i < count; i++) values.push(type.read(reader, key, depth + 1))
  return values
}

/** A count that the rest of the file has room for. */
function boundedCount(reader: ByteReader, what: string, size: number, file: string): number {
  const count = reader.size(what)
  const most = Math.floor(reader.remaining() / size)
  if (count <= most) return count
  throw invalid(
    file,
    `${what}: expected at most ${most}, which the rest of the file has room for, got ${count}`,
  )
}

function readVersion(reader: ByteReader, file: string): number {
  const found = reader.u32()
  if (found !== magic) {
    const got = `0x${found.toString(16).padStart(8, '0')}`
    throw new LmError('NOT_A_CHECKPOINT', `${file}: expected the letters GGUF at its beginning, got ${got}`)
  }
  const version = reader.u32()
  if (version === 2 || version === 3) return version
  // The lower half is empty when the number was written highest byte first.
  const order =
    version !== 0 && (version & 0xffff) === 0 ? ': the file has the byte order of another machine' : ''
  throw new LmError('UNSUPPORTED_VERSION', `${file}: version: expected 2 or 3, got ${version}${order}`)
}

function readMetadata(reader: ByteReader, count: number, file: string): Record<string, GgufValue> {
  const entries = new Map<string, GgufValue>()
  for (let i = 0; i < count; i++) {
    const key = reader.text('a key of the metadata')
    if (entries.has(key)) throw invalid(file, `${excerpt(key)}: this key is there twice`)
    entries.set(key, typeAt(reader, key, file).read(reader, key, 0))
  }
  return Object.fromEntries(entries)
}

/** A tensor whose place is counted from the first byte of the data. */
function readTensor(reader: ByteReader, file: string): GgufTensor {
  const name = reader.text('the name of a tensor')
  const called = excerpt(name)
  const rank = reader.u32()
  if (rank > 4) throw invalid(file, `${called}: expected at most 4 dimensions, got ${rank}`)
  const dims = Array.from({ length: rank }, () => Number(reader.u64()))
  const number = reader.u32()
  const begin = Number(reader.u64())
  const type = tensorTypes[number]
  if (!type) {
    const known = Object.values(tensorTypes).map((each) => each.name)
    const problem = `expected one of the types ${known.join(', ')}, got number ${number}`
    throw new LmError('UNSUPPORTED_DTYPE', `${file}: ${called}: ${problem}`)
  }
  const elements = dims.reduce((product, size) => product * size, 1)
  if (!Number.isSafeInteger(elements)) throw invalid(file, `${called}: shape [${dims}] has too many elements`)
  if ((dims[0] ?? 1) % type.blockElements !== 0) {
    throw invalid(file, `${called}: rows of ${dims[0]} elements are no whole blocks of ${type.blockElements}`)
  }
  return {
    name,
    shape: dims.toReversed(),
    type,
    begin,
    end: begin + (elements / type.blockElements) * type.blockBytes,
  }
}

/** The place of the data, and with it of every tensor: multiples of the alignment, in the file, not in one another. */
function placeTensors(
  tensors: readonly GgufTensor[],
  headerEnd: number,
  alignment: number,
  fileSize: number,
  file: string,
): GgufTensor[] {
  const start = Math.ceil(headerEnd / alignment) * alignment
  const sorted = tensors
    .map((tensor) => ({ ...tensor, begin: start + tensor.begin, end: start + tensor.end }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end)
  let place = start
  for (const { name, begin, end } of sorted) {
    if (end > fileSize) {
      const problem = `its bytes ${begin} to ${end} go beyond the file's ${fileSize}: truncated`
      throw invalid(file, `${excerpt(name)}: ${problem}`)
    }
    if (begin < place) throw invalid(file, `${excerpt(name)}: its bytes overlap those of another tensor`)
    if ((begin - start) % alignment !== 0) {
      throw invalid(file, `${excerpt(name)}: its place is no multiple of the alignment, ${alignment}`)
    }
    place = end
  }
  return sorted
}

function readAlignment(metadata: Readonly<Record<string, GgufValue>>, file: string): number {
  const alignment = metadata['general.alignment'] ?? 32
  const holds = Number.isInteger(alignment) && (alignment as number) > 0 && (alignment as number) <= 2 ** 20
  if (holds && ((alignment as number) & ((alignment as number) - 1)) === 0) return alignment as number
  throw invalid(file, `general.alignment: expected a power of two up to 2²⁰, got ${excerpt(alignment)}`)
}

/**
 * The header in the first bytes of a GGUF file, checked against the size of the file before anything is allocated.
 * @throws PrefixTooShort when the header goes on beyond `prefix`; LmError as `parseGguf`.
 */
export function parseGgufPrefix(prefix: Uint8Array, fileSize: number, file: string): GgufHeader {
  const reader = byteReader(prefix, fileSize, file)
  const version = readVersion(reader, file)
  const tensorCount = boundedCount(reader, 'the number of tensors', smallestTensor, file)
  const entryCount = boundedCount(reader, 'the number of entries', smallestEntry, file)
  const metadata = readMetadata(reader, entryCount, file)
  const alignment = readAlignment(metadata, file)
  const tensors: GgufTensor[] = []
  const names = new Set<string>()
  for (let i = 0; i < tensorCount; i++) {
    const tensor = readTensor(reader, file)
    if (names.has(tensor.name)) throw invalid(file, `${excerpt(tensor.name)}: this tensor is there twice`)
    names.add(tensor.name)
    tensors.push(tensor)
  }
  return { version, metadata, tensors: placeTensors(tensors, reader.position(), alignment, fileSize, file) }
}
