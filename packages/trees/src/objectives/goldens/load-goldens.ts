import { readFileSync } from 'node:fs'
import type { ParameterOptions } from '../../parameters/parameters'

/** A data set and parameters that LightGBM was given. */
export interface GoldenCase {
  params: ParameterOptions
  label: number[]
  weight?: number[]
  group?: number[]
  /** Class by class. */
  scores: number[]
}

interface Start {
  description: string
  boostFromScore: number[]
}

/** `null` is a Hessian that cannot be read off LightGBM's trees. */
export interface ObjectiveGolden extends GoldenCase, Start {
  gradients: number[]
  hessians: (number | null)[]
  leaves?: { rows: number[]; value: number }[]
}

export interface MetricGolden extends GoldenCase {
  /** `null` is NaN. */
  metrics: { name: string; value: number | null; higherIsBetter: boolean }[]
}

interface Goldens {
  objectives: {
    version: string
    cases: ObjectiveGolden[]
    quantiles: (GoldenCase & Start)[]
    absentClasses: (GoldenCase & Start)[]
    refusals: (GoldenCase & { message: string })[]
  }
  metrics: { version: string; cases: MetricGolden[]; defaults: Record<string, string[]> }
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'))

/** Reference numbers of tools/parity/trees_objectives.py, for the tests. */
export const goldens: Goldens = { objectives: read('objectives'), metrics: read('metrics') }
