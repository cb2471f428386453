import { readFileSync } from 'node:fs'

interface Goldens {
  normalQuantiles: { p: number; quantile: number }[]
  wilson: { successes: number; trials: number; confidence: number; low: number; high: number }[]
  correlations: { x: number[]; y: number[]; pearson: number; spearman: number; kendallTau: number }[]
  bestOfN: { scores: number[]; golden: number[]; values: number[] }[]
  calibration: {
    p: number[]
    outcomes: number[]
    margins: number[]
    bins: { count: number; predicted: number; observed: number }[]
    ece: number
    mce: number
    brier: number
    comparisonBrier: number
    comparisonLogLoss: number
    inverseTemperature: number
    temperedLogLoss: number
  }
  bootstrap: { values: number[]; groups: number[]; low: number; high: number; standardError: number }
}

/** Reference numbers of tools/parity/evals.py, for the tests. */
export const goldens: Goldens = JSON.parse(readFileSync(new URL('evals.json', import.meta.url), 'utf8'))
