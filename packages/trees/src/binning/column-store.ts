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

/** A cache line of the matrix. */
const LINE = 64
/** Bytes that the columns of one step take at most, unless eight of them take more. */
const MOST = 2 ** 27

/** Room for a cache line of columns, and those that wait for their block to be full. */
export function createColumnStore(engine: Engine, matrix: Matrix): ColumnStore {
  const { rows, columns } = matrix
  const single = matrix.data instanceof Float32Array ? 1 : 0
  const bytes = single === 1 ? 4 : 8
  const columnBytes = Math.ceil((rows * bytes) / LINE) * LINE
  const width = Math.max(1, Math.min(columns, LINE / bytes, Math.floor(MOST / columnBytes)))
  const slots = width + LANES - 1
  const address = engine.allocate(columnBytes * slots)
  const free = Array.from({ length: slots }, (_, slot) => slot)
  const values = (slot: number) =>
    single === 1
      ? engine.f32(address + slot * columnBytes, rows)
      : engine.f64(address + slot * columnBytes, rows)
  return {
    width,
    single,
    address,
    columnBytes,
    rows,
    values,
    gather(begin) {
      const size = Math.min(width, columns - begin)
      const gathered = free.splice(0, size).map((slot, i) => ({ column: begin + i, slot }))
      gatherColumns(
        matrix,
        begin,
        gathered.map(({ slot }) => values(slot)),
      )
      return gathered
    },
    release: (slot) => {
      free.push(slot)
    },
  }
}
