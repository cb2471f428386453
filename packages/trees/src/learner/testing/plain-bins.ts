import type { BinnedFeatures, LaneBlock, LanePlace } from '../../binning/binned-features'
import { columnSettings, type FeatureBins } from '../../binning/feature-bins'
import { findFeatureBins } from '../../binning/find-feature-bins'
import { valueToBin } from '../../binning/value-to-bin'
import type { Engine } from '../../kernels/engine'
import type { Parameters } from '../../parameters/parameters'

/** Columns of numbers, each of one length. */
export type Columns = readonly (readonly number[])[]

/** Bins of columns without any kernel: slow, and plain to see. Columns of one bundle are never set together. */
export function binPlainly(
  engine: Engine,
  columns: Columns,
  parameters: Parameters,
  { categorical = [], bundles = [] }: { categorical?: readonly number[]; bundles?: readonly number[][] } = {},
): BinnedFeatures {
  const rows = columns[0]!.length
  const bins = columns.map((column, j) =>
    findFeatureBins(column, columnSettings(parameters, j, categorical.includes(j), rows, rows)),
  )
  const used = Int32Array.from(bins.flatMap(({ trivial }, j) => (trivial ? [] : [j])))
  const alone = [...used].filter((j) => !bundles.flat().includes(j)).map((j) => [j])
  const lanes = [...alone, ...bundles.map((bundle) => bundle.filter((j) => used.includes(j)))]
  const blocks: LaneBlock[] = []
  const places: LanePlace[] = []
  for (let begin = 0; begin < lanes.length; begin += 8) {
    const some = lanes.slice(begin, begin + 8).map((lane) => fillLane(lane, columns, bins, rows))
    blocks.push(writeBlock(engine, some, rows))
    for (const [lane, { firsts }] of some.entries()) {
      for (const [column, first] of firsts) {
        places[used.indexOf(column)] = { block: begin >> 3, lane, first, bundled: firsts.size > 1 }
      }
    }
  }
  return { rows, bins, used, blocks, group: 1, places }
}

interface Lane {
  readonly values: number[]
  readonly most: number
  readonly firsts: Map<number, number>
}

function fillLane(
  lane: readonly number[],
  columns: Columns,
  bins: readonly FeatureBins[],
  rows: number,
): Lane {
  const values = new Array<number>(rows).fill(0)
  const firsts = new Map<number, number>()
  let next = lane.length > 1 ? 1 : 0
  for (const j of lane) {
    const own = bins[j]!
    const first = lane.length > 1 && own.mostFrequentBin === 0 ? next - 1 : next
    firsts.set(j, first)
    for (let row = 0; row < rows; row++) {
      const bin = valueToBin(own, columns[j]![row]!)
      if (lane.length === 1 || bin !== own.mostFrequentBin) values[row] = first + bin
    }
    next = first + own.numBins
  }
  return { values, most: next, firsts }
}

function writeBlock(engine: Engine, lanes: readonly Lane[], rows: number): LaneBlock {
  const values = Math.max(...lanes.map(({ most }) => most))
  const bytesPerBin = values > 256 ? 2 : 1
  const bytes = rows * 8 * bytesPerBin
  const [address, columns] = [engine.allocate(bytes), engine.allocate(bytes)]
  const view = (at: number) => (bytesPerBin === 2 ? engine.u16(at, rows * 8) : engine.u8(at, rows * 8))
  const out = view(address).fill(0)
  const column = view(columns)
  for (const [lane, { values: of }] of lanes.entries()) {
    for (let row = 0; row < rows; row++) out[8 * row + lane] = column[rows * lane + row] = of[row]!
  }
  return { address, stride: 8 * bytesPerBin, columns, bytesPerBin, lanes: lanes.length, values }
}
