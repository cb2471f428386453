import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { Matrix } from '../data/matrix'
import { createEngine } from '../kernels/engine'
import { trainBoostedTrees } from '../train-boosted-trees'
import { binFeatures } from './bin-features'
import { defaultParameters } from './testing/golden-columns'
import { readBins } from './testing/read-bins'

const engine = await createEngine(2)
afterAll(() => engine.dispose())

/** Bins of all used columns, and the lanes that they are in. */
function binned(features: Matrix, enable_bundle: boolean, categorical = new Uint8Array(features.columns)) {
  const mark = engine.mark()
  const parameters = { ...defaultParameters, min_data_in_leaf: 1, min_data_in_bin: 1, enable_bundle }
  const result = binFeatures(engine, { features, categorical }, parameters)
  const bins = Array.from(result.used, (_, f) => readBins(engine, result, f))
  engine.free(mark)
  return {
    bins,
    places: result.places,
    blocks: result.blocks,
    lanes: result.blocks.reduce((sum, { lanes }) => sum + lanes, 0),
  }
}

const matrixOf = (rows: number, columns: number, at: (row: number, column: number) => number): Matrix => ({
  data: Float64Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns)),
  rows,
  columns,
})

it('puts one-hot columns in one lane, as far as its values go', () => {
  const oneHot = matrixOf(900, 300, (row, column) => (row % 300 === column ? 1 : 0))
  const { bins, places, lanes, blocks } = binned(oneHot, true)
  expect(lanes).toBe(2)
  expect(blocks.map(({ values, bytesPerBin }) => [values, bytesPerBin])).toEqual([[256, 1]])
  expect(places.every(({ bundled }) => bundled)).toBe(true)
  expect(bins).toEqual(binned(oneHot, false).bins)
  expect(binned(oneHot, false).lanes).toBe(300)
})

it('keeps apart columns that one row has together, and dense columns', () => {
  const together = matrixOf(1000, 4, (row, column) =>
    column === 3 ? Math.sin(row) : row === 17 || row % 50 === column ? 1 + (row % 3) : 0,
  )
  const { bins, places, lanes } = binned(together, true)
  expect(lanes).toBe(4)
  expect(places.some(({ bundled }) => bundled)).toBe(false)
  expect(bins).toEqual(binned(together, false).bins)
})

it('writes lanes before there are too many of them', () => {
  // Row 0 is set in every column: no two of them share a lane.
  const alone = matrixOf(400, 130, (row, column) => (row === 0 || row === column + 1 ? 1 : 0))
  const { bins, lanes, blocks } = binned(alone, true)
  expect([lanes, blocks.length]).toEqual([130, 17])
  expect(bins).toEqual(binned(alone, false).bins)
})

it('gives the bins that there are without bundles', () => {
  const cell = fc.record({
    column: fc.nat(11),
    row: fc.nat(199),
    value: fc.constantFrom(-2, 1, 3, 7.5, Number.NaN, Infinity),
  })
  const backgrounds = fc.array(fc.constantFrom(0, 0, 0, 5, -1, Number.NaN), { minLength: 12, maxLength: 12 })
  const flags = fc.uint8Array({ min: 0, max: 1, minLength: 12, maxLength: 12 })
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 1, maxLength: 120 }),
      backgrounds,
      flags,
      (cells, background, categorical) => {
        const features = matrixOf(200, 12, (_, column) => background[column]!)
        for (const { column, row, value } of cells) features.data[12 * row + column] = value
        expect(binned(features, true, categorical).bins).toEqual(binned(features, false, categorical).bins)
      },
    ),
  )
})

it('changes no tree', async () => {
  const features = matrixOf(3000, 40, (row, column) => ((row * 7919) % 40 === column ? 1 + (row % 3) : 0))
  const label = Float64Array.from(
    { length: 3000 },
    (_, row) => Math.sin((row * 7919) % 40) + (row % 3) + Math.cos(row),
  )
  const train = (enable_bundle: boolean) =>
    trainBoostedTrees({ features, label }, { num_iterations: 5, enable_bundle }, { threads: 1 })
  const [bundled, alone] = [await train(true), await train(false)]
  expect(bundled.trees).toEqual(alone.trees)
  expect(bundled.trees).toHaveLength(5)
})
