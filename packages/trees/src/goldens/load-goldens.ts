import { readFileSync } from 'node:fs'
import type { ParameterOptions } from '../parameters/parameters'
import type { ParityCase } from '../testing/parity-data'

/** A model that LightGBM trained, and from what. */
export interface TreesGolden extends Omit<ParityCase, 'label'> {
  readonly name: string
  readonly label: ParityCase['label'] | 'constant'
  readonly parameters: ParameterOptions
  /** Names of validation sets. */
  readonly validation?: readonly string[]
  /** Iterations of the model that is continued. */
  readonly continued?: number
  /** Whether LightGBM summed histograms row by row. */
  readonly row_wise?: boolean
  /** As LightGBM writes it, without parameters. */
  readonly model: string
  /** Metrics after each iteration, by set. */
  readonly history?: Readonly<Record<string, Readonly<Record<string, number[]>>>>
}

/** Real data, and LightGBM's metrics of every third row after 100 iterations on the others. */
export interface RealGolden {
  readonly name: string
  readonly parameters: ParameterOptions
  readonly features: readonly (readonly number[])[]
  readonly label: readonly number[]
  readonly metrics: Readonly<Record<string, number>>
}

/** Lines of a model file's parameters section. */
export interface ParametersGolden {
  readonly parameters: ParameterOptions
  readonly lines: readonly string[]
}

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Models of tools/parity/trees.py. */
export const treesGoldens: readonly TreesGolden[] = read('trees.json')
export const realGoldens: readonly RealGolden[] = read('real-data.json')
export const parametersGoldens: readonly ParametersGolden[] = read('parameters.json')
