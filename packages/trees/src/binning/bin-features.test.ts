import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Matrix } from '../data/matrix'
import { createEngine, type Engine } from '../kernels/engine'
import { binFeatures } from './bin-features'
import type { BinnedFeatures } from './binned-features'
import { type BinningParameters, columnSettings } from './feature-bins'
import { findFeatureBins } from './find-feature-bins'
import { sampleRows } from './sample-rows'
import { defaultParameters, type GoldenColumn, goldenColumns } from './testing/golden-columns'
import { readBins } from './testing/read-bins'
import { valueToBin } from './value-to-bin'

const engines = await Promise.all([1, 2, 3].map((threads) => createEngine(threads)))
const [engine] = engines as [Engine]
afterAll(() => Promise.all(engines.map((one) => one.dispose())))

/** A matrix of columns of one length. */
function matrixOf(columns: readonly ArrayLike<number>[], single: boolean): Matrix {
  const rows = columns[0]!.length
  const data = new (single ? Float32Array : Float64Array)(rows * columns.length)
  for (const [j, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) data[row * columns.length + j] = column[row]!
  }
  return { data, rows, columns: columns.length }
}

/** What a matrix is binned to; the memory is given back. */
function binsOf<T>(
  on: Engine,
  features: Matrix,
  categorical: Uint8Array,
  parameters: Partial<BinningParameters>,
  read: (binned: BinnedFeatures) => T,
): T {
  const mark = on.mark()
  try {
    return read(binFeatures(on, { features, categorical }, { ...defaultParameters, ...parameters }))
  } finally {
    on.free(mark)
  }
}

const sameRows = (columns: readonly GoldenColumn[]) => {
  const groups = Map.groupBy(columns, ({ values }) => `${values.constructor.name} ${values.length}`)
  return [...groups].map(([name, group]) => ({ name, group }))
}

describe('binFeatures', () => {
  it.each(sameRows(goldenColumns))('gives the bins of LightGBM, many columns at once: $name', ({ group }) => {
    for (const [i, { settings }] of group[0]!.results.entries()) {
      const single = group[0]!.values instanceof Float32Array
      const matrix = matrixOf(
        group.map(({ values }) => values),
        single,
      )
      const categorical = Uint8Array.from(group, (column) => (column.categorical ? 1 : 0))
      binsOf(engine, matrix, categorical, settings, (binned) => {
        const expected = group.map(({ results }) => results[i]!)
        expect(binned.bins.map(({ info }) => info)).toEqual(expected.map(({ info }) => info))
        expect([...binned.used]).toEqual(expected.flatMap(({ bins }, j) => (bins ? [j] : [])))
        for (const [f, column] of binned.used.entries()) {
          const { numBins, missing, defaultBin, mostFrequentBin, bounds, bins } = expected[column]!
          const { upperBounds, categories, ...found } = binned.bins[column]!
          expect(found).toMatchObject({ numBins, missing, defaultBin, mostFrequentBin })
          expect([...(group[column]!.categorical ? categories : upperBounds)]).toEqual(bounds)
          expect(readBins(engine, binned, f), group[column]!.name).toEqual(bins)
        }
      })
    }
  })

  it('gives each column as many bins as max_bin_by_feature says', () => {
    const columns = [0, 1, 2].map((j) => Float64Array.from({ length: 500 }, (_, i) => Math.sin(i * (j + 1))))
    const bins = (max_bin_by_feature: number[]) =>
      binsOf(engine, matrixOf(columns, false), new Uint8Array(3), { max_bin_by_feature }, (binned) =>
        binned.bins.map(({ numBins }) => numBins),
      )
    expect(bins([4, 40, 90])).toEqual([4, 40, 90])
    expect(() => bins([4, 40])).toThrow(
      'max_bin_by_feature has 2 numbers; expected one for each of the 3 columns',
    )
  })

  it('bins 32,767 categories that lie apart, and refuses more', () => {
    const bins = (size: number) => {
      const column = Float64Array.from({ length: 3 * size }, (_, i) => 3 * (i % size) + 2)
      const categorical = Uint8Array.of(1)
      return binsOf(engine, matrixOf([column], false), categorical, {}, (binned) => {
        expect(binned.blocks[0]!.bytesPerBin).toBe(2)
        const { categories, numBins } = binned.bins[0]!
        const known = new Map(Array.from(categories, (category, bin) => [category, bin]))
        expect(readBins(engine, binned, 0)).toEqual(
          Uint16Array.from(column, (value) => known.get(value) ?? 0),
        )
        return numBins
      })
    }
    // Bins are for 99 % of the rows.
    expect(bins(33_098)).toBe(32_768)
    expect(() => bins(33_100)).toThrow('column 0 has 32769 categories that bins are needed for')
  })

  it('leaves lanes of no feature 0, and no memory but that of the blocks', () => {
    const columns = Array.from({ length: 11 }, (_, j) =>
      Float32Array.from({ length: 900 }, (_, i) => (j === 4 ? 1 : Math.sin(i * (j + 1)))),
    )
    const before = engine.mark()
    // Whatever was in memory before is overwritten.
    engine.u8(engine.allocate(1 << 20), 1 << 20).fill(255)
    engine.free(before)
    binsOf(engine, matrixOf(columns, true), new Uint8Array(11), {}, ({ blocks, used }) => {
      expect(used).toHaveLength(10)
      expect(blocks.map(({ lanes, bytesPerBin }) => [lanes, bytesPerBin])).toEqual([
        [8, 1],
        [2, 1],
      ])
      const { address, stride } = blocks[1]!
      const last = engine.u8(address, 899 * stride + 8)
      const others = last.filter((_, i) => i % stride >= 2 && i % stride < 8)
      expect(others).toEqual(new Uint8Array(6 * 900))
      // Two blocks in one group, and their columns.
      const columnBytes = 64 * Math.ceil((900 * 8) / 64)
      expect(engine.mark()).toBe(before + 900 * 16 + 2 * columnBytes)
    })
  })
})

const special = fc.constantFrom(
  0,
  -0,
  Number.NaN,
  Infinity,
  -Infinity,
  1e-35,
  -1e-35,
  1e-36,
  5e-324,
  -5e-324,
  1e-40,
  1.7976931348623157e308,
  -3.4028234663852886e38,
  3.4028234663852886e38,
  2147483647,
  2147483648,
  -1,
  0.5,
  -0.5,
)
const value = fc.oneof(
  { weight: 3, arbitrary: special },
  { weight: 3, arbitrary: fc.integer({ min: -20, max: 400 }) },
  { weight: 3, arbitrary: fc.double() },
  { weight: 3, arbitrary: fc.float() },
  { weight: 6, arbitrary: fc.double({ min: -3, max: 3 }) },
)
const dataset = fc
  .record({
    rows: fc.integer({ min: 1, max: 300 }),
    columns: fc.integer({ min: 1, max: 40 }),
    single: fc.boolean(),
  })
  .chain(({ rows, columns, single }) =>
    fc.record({
      single: fc.constant(single),
      columns: fc.array(
        // Some columns of few distinct values.
        fc.oneof(
          fc.array(value, { minLength: rows, maxLength: rows }),
          fc
            .record({
              of: fc.array(value, { minLength: 1, maxLength: 6 }),
              picks: fc.infiniteStream(fc.nat()),
            })
            .map(({ of, picks }) => Array.from(picks.take(rows), (pick) => of[pick % of.length]!)),
        ),
        { minLength: columns, maxLength: columns },
      ),
      categorical: fc.uint8Array({ min: 0, max: 1, minLength: columns, maxLength: columns }),
      parameters: fc.record({
        max_bin: fc.constantFrom(2, 3, 15, 255, 500),
        min_data_in_bin: fc.integer({ min: 1, max: 8 }),
        min_data_in_leaf: fc.integer({ min: 0, max: 5 }),
        feature_pre_filter: fc.boolean(),
        use_missing: fc.boolean(),
        zero_as_missing: fc.boolean(),
        bin_construct_sample_cnt: fc.constantFrom(20, 150, 200000),
        data_random_seed: fc.nat(),
      }),
    }),
  )

describe('the kernels of binning', () => {
  it('do what plain loops do, for any column', () => {
    fc.assert(
      fc.property(dataset, ({ columns, single, categorical, parameters }) => {
        const matrix = matrixOf(columns, single)
        const all = { ...defaultParameters, ...parameters }
        const rows = sampleRows(matrix.rows, all)
        binsOf(engine, matrix, categorical, parameters, (binned) => {
          for (let column = 0; column < matrix.columns; column++) {
            const values = Float64Array.from(
              { length: matrix.rows },
              (_, row) => matrix.data[row * matrix.columns + column]!,
            )
            const sample = rows ? Float64Array.from(rows, (row) => values[row]!) : values
            const own = columnSettings(all, column, categorical[column] === 1, matrix.rows, sample.length)
            const expected = findFeatureBins(sample, own)
            expect(binned.bins[column]).toEqual(expected)
            if (expected.trivial) continue
            const bins = readBins(engine, binned, binned.used.indexOf(column))
            expect(bins).toEqual(Uint16Array.from(values, (one) => valueToBin(expected, one)))
          }
        })
      }),
      { numRuns: 150 },
    )
  })

  it('give the same bytes with 1, 2 and 3 threads', () => {
    const rows = 20_000
    const columns = Array.from({ length: 21 }, (_, j) =>
      Float64Array.from({ length: rows }, (_, i) => Math.round(1e4 * Math.sin(i * i * (j + 1))) / (j + 1)),
    )
    const [one, ...others] = engines.map((on) =>
      binsOf(
        on,
        matrixOf(columns, false),
        new Uint8Array(21),
        { bin_construct_sample_cnt: 7000 },
        (binned) => ({
          bins: binned.bins,
          rows: Array.from(binned.used, (_, feature) => readBins(on, binned, feature)),
        }),
      ),
    )
    for (const other of others) expect(other).toEqual(one)
  })
})

describe('bins', () => {
  it('hold the values up to their bound, and above the one before', () => {
    fc.assert(
      fc.property(dataset, ({ columns, single, parameters }) => {
        const matrix = matrixOf(columns, single)
        binsOf(engine, matrix, new Uint8Array(matrix.columns), parameters, (binned) => {
          for (const [f, column] of binned.used.entries()) {
            const { upperBounds, missing } = binned.bins[column]!
            for (const [row, bin] of readBins(engine, binned, f).entries()) {
              const stored = matrix.data[row * matrix.columns + column]!
              if (Number.isNaN(stored) && missing === 'nan') {
                expect(upperBounds[bin]).toBeNaN()
                continue
              }
              const own = Number.isNaN(stored) ? 0 : stored
              expect(own <= upperBounds[bin]! && (bin === 0 || own > upperBounds[bin - 1]!)).toBe(true)
            }
          }
        })
      }),
      { numRuns: 60 },
    )
  })

  it('do not depend on the order of columns', () => {
    fc.assert(
      fc.property(dataset, ({ columns, single, categorical, parameters }) => {
        const read = (order: readonly number[]) =>
          binsOf(
            engine,
            matrixOf(
              order.map((j) => columns[j]!),
              single,
            ),
            Uint8Array.from(order, (j) => categorical[j]!),
            parameters,
            (binned) => {
              const bytes = new Map(
                Array.from(binned.used, (column, f) => [order[column]!, readBins(engine, binned, f)]),
              )
              return columns.map((_, j) => ({ bins: binned.bins[order.indexOf(j)], bytes: bytes.get(j) }))
            },
          )
        const order = columns.map((_, j) => j)
        expect(read(order.toReversed())).toEqual(read(order))
      }),
      { numRuns: 60 },
    )
  })
})
