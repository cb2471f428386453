import { type ConcreteShape, Tensor } from '@prefkit/tensor'
import type { ModelConfig } from '../config/model-config'
import type { KeyValues, PastTokens } from '../models/batch'

/** How many more tokens room is made for at a time. Attention runs over the room, so it is not doubled. */
const block = 64

/** No token: a segment that no token of a batch has. */
const vacant = -1

/** Keys and values of the tokens that a model has read, row by row, kept on the host and grown as needed. */
export interface KeyValueCache {
  /** Number of rows, B. */
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
  /** A cache of copies of these rows, in this order; a row may be taken several times, or not at all. */
  select(rows: readonly number[]): KeyValueCache
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

/** Copies `length` tokens of each row and head from one array of [rows, heads, capacity, width] into another. */
function copyTokens(
  from: {
    readonly data: ArrayLike<number> & { subarray(a: number, b: number): ArrayLike<number> }
    stride: number
  },
  to: { readonly data: { set(values: ArrayLike<number>, at: number): void }; stride: number; start: number },
  order: readonly (readonly [from: number, to: number])[],
  length: number,
): void {
  for (const [source, target] of order) {
    const at = source * from.stride
    to.data.set(from.data.subarray(at, at + length), target * to.stride + to.start)
  }
}

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
  const marks = rows.map((row, i) => [row, i] as const)
  const blocks = rows.flatMap((row, i) =>
    Array.from({ length: heads }, (_, head) => [row * heads + head, i * heads + head] as const),
  )
  const strides = [from.capacity, capacity] as const
  to.layers.forEach((layer, i) => {
    for (const part of ['keys', 'values'] as const) {
      const source = { data: from.layers[i]![part], stride: strides[0] * width }
      copyTokens(source, { data: layer[part], stride: strides[1] * width, start: 0 }, blocks, length * width)
    }
  })
  for (const mark of ['positions', 'segments'] as const) {
    const source = { data: from[mark], stride: strides[0] }
    copyTokens(source, { data: to[mark], stride: strides[1], start: 0 }, marks, length)
  }
  return to
}

/** An empty cache for `rows` sequences. */
export function createKeyValueCache(config: ModelConfig, rows: number): KeyValueCache {
  const [heads, width] =
    config.family === 'gpt2'
      ? [config.numAttentionHeads, config.hiddenSize / config.numAttentionHeads]
      : [config.numKeyValueHeads, config.headDim]
  return cacheOver(makeRoom(rows, heads, width, config.numHiddenLayers, block), 0)
}

const roomFor = (tokens: number): number => Math.max(1, Math.ceil(tokens / block)) * block

function cacheOver(start: Room, filled: number): KeyValueCache {
  let room = start
  let length = filled
  const identity = (count: number) => Array.from({ length: count }, (_, i) => [i, i] as const)
  return {
    rows: start.rows,
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
    append(keyValues, positions, segments) {
      const { rows, heads, width } = room
      const count = positions.length / rows
      if (length + count > room.capacity) {
        const all = Array.from({ length: rows }, (_, row) => row)
        room = moved(room, all, length, roomFor(length + count))
      }
      const { capacity } = room
      room.layers.forEach((layer, i) => {
        for (const part of ['keys', 'values'] as const) {
          // Both are f32: what a model computes of f32 weights.
          const source = { data: keyValues[i]![part].data as Float32Array, stride: count * width }
          const target = { data: layer[part], stride: capacity * width, start: length * width }
          copyTokens(source, target, identity(rows * heads), count * width)
        }
      })
      const marks = { stride: capacity, start: length }
      copyTokens(
        { data: positions, stride: count },
        { ...marks, data: room.positions },
        identity(rows),
        count,
      )
      copyTokens({ data: segments, stride: count }, { ...marks, data: room.segments }, identity(rows), count)
      length += count
    },
    select: (rows) => cacheOver(moved(room, rows, length, roomFor(length + 1)), length),
  }
}
