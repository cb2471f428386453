import type { Matrix } from '../data/matrix'
import type { Engine } from '../kernels/engine'
import { LANES } from '../kernels/layout'
import { gatherColumns } from './gather-columns'

/** A column whose numbers are in the engine's memory. */
export interface GatheredColumn {
  readonly column: number
  readonly slot: number
}

/** Room for the numbers of a few columns in an engine's memory, each in one piece. */
export interface ColumnStore {
  /** Columns that are brought at once. */
  readonly width: number
  /** 1: numbers of 4 bytes, 0: of 8. */
  readonly single: 0 | 1
  readonly address: number
  readonly columnBytes: number
  readonly rows: number
  /** Brings `width` columns, or what is left of them. */
  gather(begin: number): GatheredColumn[]
  /** The numbers of a column. */
  values(slot: number): Float32Array | Float64Array
  /** Says that a column is needed no more. */
  release(slot: number): void
}

const LINE = 64
/** Bytes of a row that are read at once: some cache lines. */
const WIDE = 4 * LINE
/** Bytes that the columns of one step take at most, unless one takes more. */
const MOST = 2 ** 26

/** Room for the columns of one step, and those that wait for their block to be full. */
export function createColumnStore(engine: Engine, matrix: Matrix): ColumnStore {
  const { rows, columns } = matrix
  const single = matrix.data instanceof Float32Array ? 1 : 0
  const bytes = single === 1 ? 4 : 8
  const columnBytes = Math.ceil((rows * bytes) / LINE) * LINE
  const width = Math.max(1, Math.min(columns, WIDE / bytes, Math.floor(MOST / columnBytes)))
  const slots = width + LANES - 1
  const address = engine.allocate(columnBytes * slots)
  const free = new Set(Array.from({ length: slots }, (_, slot) => slot))
  const view = (begin: number, length: number) =>
    single === 1 ? engine.f32(begin, length) : engine.f64(begin, length)
  const copy = (slots: readonly number[], begin: number) => {
    const stride = columnBytes / bytes
    for (const [first, size] of runsOf(slots)) {
      const into = view(address + slots[first]! * columnBytes, size * stride)
      gatherColumns(matrix, begin + first, size, into, stride)
    }
  }
  return {
    width,
    single,
    address,
    columnBytes,
    rows,
    values: (slot) => view(address + slot * columnBytes, rows),
    gather(begin) {
      const size = Math.min(width, columns - begin)
      const slots = [...free].sort((a, b) => a - b).slice(0, size)
      for (const slot of slots) free.delete(slot)
      copy(slots, begin)
      return slots.map((slot, i) => ({ column: begin + i, slot }))
    },
    release: (slot) => {
      free.add(slot)
    },
  }
}

/** Where consecutive numbers begin, and how many they are. */
function runsOf(numbers: readonly number[]): [first: number, size: number][] {
  const runs: [number, number][] = []
  for (const [i, number] of numbers.entries()) {
    if (i > 0 && number === numbers[i - 1]! + 1) runs[runs.length - 1]![1] += 1
    else runs.push([i, 1])
  }
  return runs
}
