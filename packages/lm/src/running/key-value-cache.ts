import { type ConcreteShape, Tensor } from '@prefkit/tensor'
import { excerpt } from '../check-options'
import type { ModelConfig } from '../config/model-config'
import { LmError } from '../lm-error'
import type { KeyValues, PastTokens } from '../models/batch'

/** Room is made for a multiple of so many tokens. */
const block = 64

/**
 * Room beyond the tokens that there are, as a part of them. Attention runs over the room, so it is not doubled; but each time
 * room is made all is copied, so it is not the same for many as for few.
 */
const spare = 1 / 8

/** No token: a segment that no token of a batch has. */
const vacant = -1

/** Keys and values of the tokens that a model has read, row by row, kept on the host and grown as needed. */
export interface KeyValueCache {
  /** Number of rows, B; fewer after `keep`. */
  readonly rows: number
  /** Tokens in each row, padding included. */
  readonly length: number
  /** What a model reads, with room for some more tokens. Valid until the cache changes. */
  past(): PastTokens
  /**
   * Adds what a model made of the next tokens of all rows.
   * @param keyValues of each layer, [B, key-value heads, T, width].
   * @param positions T of each row, row by row; `segments` likewise.
   */
  append(keyValues: readonly KeyValues[], positions: Int32Array, segments: Int32Array): void
  /**
   * That the tokens of a batch come after those of their segments in the cache.
   * @param owner what errors call the model.
   * @throws LmError `INVALID_OPTION` naming the first that does not, such as a prompt's second part with positions from 0.
   */
  requireNext(owner: string, positions: Int32Array, segments: Int32Array): void
  /**
   * A cache of copies of these rows, in this order; a row may be taken several times, or not at all.
   * @throws LmError `INVALID_OPTION` for a row that there is not.
   */
  select(rows: readonly number[]): KeyValueCache
  /**
   * Leaves these rows, in this order, and frees what the others took.
   * @throws LmError as `select`.
   */
  keep(rows: readonly number[]): void
}

interface Room {
  readonly rows: number
  readonly heads: number
  readonly width: number
  readonly capacity: number
  readonly layers: readonly { readonly keys: Float32Array; readonly values: Float32Array }[]
  readonly positions: Int32Array
  readonly segments: Int32Array
}

/** Blocks that lie `stride` numbers apart, of which `from` on is meant. */
interface Blocks<T extends Float32Array | Int32Array> {
  readonly data: T
  readonly stride: number
  readonly start: number
}

/** Shorter copies are faster number by number than through a view of each block. */
const shortCopy = 256

/** Copies the first `length` numbers of block `order[i]` into block i. */
function copyBlocks<T extends Float32Array | Int32Array>(
  from: Blocks<T>,
  to: Blocks<T>,
  order: Int32Array,
  length: number,
): void {
  for (let i = 0; i < order.length; i++) {
    const source = order[i]! * from.stride + from.start
    const target = i * to.stride + to.start
    if (length > shortCopy) to.data.set(from.data.subarray(source, source + length), target)
    else for (let k = 0; k < length; k++) to.data[target + k] = from.data[source + k]!
  }
}

const inOrder = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i)

function makeRoom(rows: number, heads: number, width: number, layers: number, capacity: number): Room {
  const numbers = () => new Float32Array(rows * heads * capacity * width)
  return {
    rows,
    heads,
    width,
    capacity,
    layers: Array.from({ length: layers }, () => ({ keys: numbers(), values: numbers() })),
    positions: new Int32Array(rows * capacity),
    segments: new Int32Array(rows * capacity).fill(vacant),
  }
}

/** The first `length` tokens of rows of one room in another. */
function moved(from: Room, rows: readonly number[], length: number, capacity: number): Room {
  const { heads, width } = from
  const to = makeRoom(rows.length, heads, width, from.layers.length, capacity)
  const blocks = Int32Array.from(
    rows.flatMap((row) => Array.from({ length: heads }, (_, head) => row * heads + head)),
  )
  const strides = [from.capacity, capacity] as const
  to.layers.forEach((layer, i) => {
    for (const part of ['keys', 'values'] as const) {
      const source = { data: from.layers[i]![part], stride: strides[0] * width, start: 0 }
      copyBlocks(source, { data: layer[part], stride: strides[1] * width, start: 0 }, blocks, length * width)
    }
  })
  for (const mark of ['positions', 'segments'] as const) {
    const source = { data: from[mark], stride: strides[0], start: 0 }
    copyBlocks(source, { data: to[mark], stride: strides[1], start: 0 }, Int32Array.from(rows), length)
  }
  return to
}

/** An empty cache for `rows` sequences. */
export function createKeyValueCache(config: ModelConfig, rows: number): KeyValueCache {
  const [heads, width] =
    config.family === 'gpt2'
      ? [config.numAttentionHeads, config.hiddenSize / config.numAttentionHeads]
      : [config.numKeyValueHeads, config.headDim]
  // Attention runs over vacant room too, and no room at all is a size that not all backends take.
  return cacheOver(
    makeRoom(rows, heads, width, config.numHiddenLayers, 1),
    0,
    Array.from({ length: rows }, () => new Map()),
  )
}

const roomFor = (tokens: number): number => Math.ceil((tokens * (1 + spare) + 1) / block) * block

/** The last position of each segment of a row. */
type Ends = ReadonlyMap<number, number>

/** The ends of rows after further tokens. */
function advanced(
  ends: readonly Ends[],
  positions: Int32Array,
  segments: Int32Array,
  misplaced: (row: number, position: number, end: number) => void,
): Ends[] {
  const count = positions.length / ends.length
  return ends.map((before, row) => {
    const after = new Map(before)
    for (let i = row * count; i < (row + 1) * count; i++) {
      const [segment, position] = [segments[i]!, positions[i]!]
      const end = after.get(segment)
      // Padding is no sequence.
      if (segment === 0) continue
      if (end !== undefined && position <= end) misplaced(row, position, end)
      after.set(segment, position)
    }
    return after
  })
}

function requireRows(rows: readonly number[], count: number): void {
  const unknown = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < count))
  if (unknown === undefined && rows.length > 0) return
  const got = rows.length > 0 ? excerpt(unknown) : 'none'
  throw new LmError('INVALID_OPTION', `cache: rows: expected some from 0 to ${count - 1}, got ${got}`)
}

function cacheOver(start: Room, filled: number, startEnds: readonly Ends[]): KeyValueCache {
  let room = start
  let length = filled
  let ends = startEnds
  const chosen = (rows: readonly number[]): Room => {
    requireRows(rows, room.rows)
    return moved(room, rows, length, roomFor(length))
  }
  return {
    get rows() {
      return room.rows
    },
    get length() {
      return length
    },
    past() {
      const { rows, heads, width, capacity } = room
      const shape: ConcreteShape = [rows, heads, capacity, width]
      // New tensors over the same numbers: a backend may keep what it copied of a tensor that it knows.
      return {
        layers: room.layers.map(({ keys, values }) => ({
          keys: Tensor.fromData(keys, shape),
          values: Tensor.fromData(values, shape),
        })),
        positions: Tensor.fromData(room.positions, [rows, capacity]),
        segments: Tensor.fromData(room.segments, [rows, capacity]),
      }
    },
    requireNext(owner, positions, segments) {
      advanced(ends, positions, segments, (row, position, end) => {
        const expected = `expected a position after ${end}, where the cache or the batch has its segment's last token`
        throw new LmError(
          'INVALID_OPTION',
          `${owner}: batch.positions: row ${row}: ${expected}, got ${position}`,
        )
      })
    },
    append(keyValues, positions, segments) {
      const { rows, heads, width } = room
      const count = positions.length / rows
      const [blocks, marks] = [inOrder(rows * heads), inOrder(rows)]
      if (length + count > room.capacity) room = moved(room, [...marks], length, roomFor(length + count))
      const { capacity } = room
      room.layers.forEach((layer, i) => {
        for (const part of ['keys', 'values'] as const) {
          // Both are f32: what a model computes of f32 weights.
          const source = { data: keyValues[i]![part].data as Float32Array, stride: count * width, start: 0 }
          const target = { data: layer[part], stride: capacity * width, start: length * width }
          copyBlocks(source, target, blocks, count * width)
        }
      })
      const own = { stride: count, start: 0 }
      const kept = { stride: capacity, start: length }
      copyBlocks({ ...own, data: positions }, { ...kept, data: room.positions }, marks, count)
      copyBlocks({ ...own, data: segments }, { ...kept, data: room.segments }, marks, count)
      ends = advanced(ends, positions, segments, () => {})
      length += count
    },
    select: (rows) =>
      cacheOver(
        chosen(rows),
        length,
        rows.map((row) => ends[row]!),
      ),
    keep(rows) {
      room = chosen(rows)
      ends = rows.map((row) => ends[row]!)
    },
  }
}
