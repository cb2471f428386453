import type { Matrix } from '../data/matrix'
import type { TrainingData } from '../data/training-data'
import type { ParameterOptions } from '../parameters/parameters'

/** What Node came to, which pages are to come to as well. */
export interface BrowserCase {
  readonly model: string
  /** Raw scores of the training rows. */
  readonly scores: readonly number[]
  readonly probabilities: readonly number[]
}

const rows = 3000
const columns = 12

/** Numbers below 2²⁴, the same everywhere. */
function* integers(): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    yield state >>> 8
  }
}

/** Numbers, categories in the last column, and missing values in the first. */
function features(): Matrix {
  const drawn = integers()
  const next = () => drawn.next().value / 2 ** 24
  const data = Float32Array.from({ length: rows * columns }, (_, i) => {
    const value = next()
    if (i % columns === columns - 1) return Math.floor(20 * value)
    return i % columns === 0 && value < 0.1 ? Number.NaN : value
  })
  return { data, rows, columns }
}

/** Training data of a table with labels that three of its columns tell. */
export function browserData(): TrainingData & { readonly features: Matrix } {
  const matrix = features()
  const at = (row: number, column: number) => matrix.data[row * columns + column]!
  const label = Float32Array.from({ length: rows }, (_, row) =>
    (at(row, 0) || 0.5) + at(row, 1) * at(row, 2) + (at(row, columns - 1) % 3) / 2 > 1.2 ? 1 : 0,
  )
  return { features: matrix, label, categorical_feature: [columns - 1] }
}

export const browserParameters: ParameterOptions = {
  objective: 'binary',
  num_iterations: 12,
  bagging_fraction: 0.7,
  bagging_freq: 1,
  feature_fraction: 0.8,
}
