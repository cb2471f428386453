import { readFileSync } from 'node:fs'
import type { BinningParameters } from '../feature-bins'

/** What LightGBM found of a column with some settings. */
export interface GoldenBins {
  readonly settings: Partial<BinningParameters>
  readonly info: string
  /** Absent where the column is trivial. */
  readonly numBins?: number
  readonly missing?: string
  readonly defaultBin?: number
  readonly mostFrequentBin?: number
  readonly bounds?: readonly number[]
  readonly bins?: Uint16Array
}

/** A column and its bins in LightGBM. */
export interface GoldenColumn {
  readonly name: string
  readonly categorical: boolean
  readonly values: Float32Array | Float64Array
  readonly results: readonly GoldenBins[]
}

interface Stored {
  readonly defaults: BinningParameters
  readonly columns: readonly {
    readonly name: string
    readonly categorical: boolean
    readonly single: boolean
    readonly data: string
    readonly results: readonly (Omit<GoldenBins, 'bounds' | 'bins'> & {
      readonly bounds?: readonly (number | string)[]
      readonly bins?: string
    })[]
  }[]
}

const stored: Stored = JSON.parse(readFileSync(new URL('../goldens/binning.json', import.meta.url), 'utf8'))

const bytes = (base64: string): ArrayBuffer => Uint8Array.from(Buffer.from(base64, 'base64')).buffer
const numberOf = (text: number | string): number => ({ inf: Infinity, nan: Number.NaN })[text] ?? Number(text)

/** LightGBM writes 2 for the bound of the bin of missing values: the name NaN is its MissingType's there. No value meets it. */
const boundsOf = (bounds: readonly number[], ownBin: boolean): readonly number[] =>
  ownBin ? bounds.with(-1, Number.NaN) : bounds

/** LightGBM's defaults of the parameters of bins. */
export const defaultParameters: BinningParameters = { ...stored.defaults, enable_bundle: true }

export const goldenColumns: readonly GoldenColumn[] = stored.columns.map((column) => ({
  name: column.name,
  categorical: column.categorical,
  values: new (column.single ? Float32Array : Float64Array)(bytes(column.data)),
  results: column.results.map(({ bounds, bins, ...result }) => ({
    ...result,
    ...(bounds && {
      bounds: boundsOf(bounds.map(numberOf), !column.categorical && result.missing === 'nan'),
    }),
    ...(bins && { bins: new Uint16Array(bytes(bins)) }),
  })),
}))
