import { expect, test } from 'vitest'
import { columnSettings, type FeatureBins } from './feature-bins'
import { findFeatureBins } from './find-feature-bins'
import { sampleRows } from './sample-rows'
import {
  defaultParameters,
  type GoldenBins,
  type GoldenColumn,
  goldenColumns,
} from './testing/golden-columns'
import { valueToBin } from './value-to-bin'

const cases = goldenColumns.flatMap((column) =>
  column.results.map((result) => ({
    name: `${column.name} ${JSON.stringify(result.settings)}`,
    column,
    result,
  })),
)

function binsOf(column: GoldenColumn, result: GoldenBins): FeatureBins {
  const parameters = { ...defaultParameters, ...result.settings }
  const { values } = column
  const rows = sampleRows(values.length, parameters)
  const sample = rows ? Float64Array.from(rows, (row) => values[row]!) : values
  return findFeatureBins(
    sample,
    columnSettings(parameters, 0, column.categorical, values.length, sample.length),
  )
}

test.each(cases)('bins are those of LightGBM: $name', ({ column, result }) => {
  const bins = binsOf(column, result)
  expect(bins.info).toBe(result.info)
  expect(bins.trivial).toBe(result.bins === undefined)
  if (!result.bins) return
  const { numBins, missing, defaultBin, mostFrequentBin } = bins
  expect({ numBins, missing, defaultBin, mostFrequentBin }).toEqual({
    numBins: result.numBins,
    missing: result.missing,
    defaultBin: result.defaultBin,
    mostFrequentBin: result.mostFrequentBin,
  })
  expect([...(column.categorical ? bins.categories : bins.upperBounds)]).toEqual(result.bounds)
  expect(Uint16Array.from(column.values, (value) => valueToBin(bins, value))).toEqual(result.bins)
})
