import { createRandom, drawLabel, type Random } from './random.ts'
import type { RowSource } from './rows.ts'

/** Directions that the columns share, as those of embeddings do. */
const factors = 32

/** Columns that the label depends on. */
const relevant = 40

/** Standard deviation of the logit: about 5 of 6 labels are what the logit's sign says. */
const logitScale = 3

const normals = (random: Random, length: number): Float64Array =>
  Float64Array.from({ length }, () => random.normal())

/** Rows of correlated normal numbers: a few latent factors, and noise of the same variance in each column. */
export function embeddings(columns: number): RowSource {
  const random = createRandom(1)
  const loadings = Array.from({ length: factors }, () => normals(random, columns))
  const weights = normals(random, Math.min(relevant, columns))
  // Columns all over the row.
  const stride = Math.floor(columns / weights.length)
  // Each column has variance 1, half of it shared.
  const share = Math.sqrt(0.5 / factors)
  const norm = logitScale / Math.hypot(...weights)
  const row = new Float64Array(columns)
  return {
    columns,
    next(target, at) {
      for (let i = 0; i < columns; i++) row[i] = Math.SQRT1_2 * random.normal()
      for (const loading of loadings) {
        const z = share * random.normal()
        for (let i = 0; i < columns; i++) row[i]! += z * loading[i]!
      }
      target.set(row, at)
      return drawLabel(random, norm * weights.reduce((sum, weight, i) => sum + weight * row[i * stride]!, 0))
    },
  }
}
