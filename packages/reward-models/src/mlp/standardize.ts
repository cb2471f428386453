import type { Matrix } from '../matrix'

/** Per column: what is subtracted, and what the rest is divided by. */
export interface Scaler {
  readonly mean: Float32Array
  readonly deviation: Float32Array
}

/** A column that varies less than this share of its size is left as it is: dividing would only blow up rounding. */
const flat = 1e-6

/**
 * Mean and standard deviation of each column over these rows; 1 for columns that do not vary. The deviations of a block
 * are stretched so that all blocks come to the same total variance, columns / blocks.
 */
export function fitScaler({ data, columns, blocks = [columns] }: Matrix, rows: Iterable<number>): Scaler {
  const mean = new Float64Array(columns)
  const square = new Float64Array(columns)
  let count = 0
  for (const row of rows) {
    count++
    for (let column = 0; column < columns; column++) {
      // Welford's update: exact enough for columns whose mean is large.
      const delta = data[row * columns + column]! - mean[column]!
      mean[column]! += delta / count
      square[column]! += delta * (data[row * columns + column]! - mean[column]!)
    }
  }
  const stretch = blocks.flatMap((width) =>
    Array<number>(width).fill(Math.sqrt((width * blocks.length) / columns)),
  )
  const deviation = Float32Array.from(square, (sum, column) => {
    const spread = Math.sqrt(sum / Math.max(1, count))
    return spread > flat * Math.abs(mean[column]!) ? spread * stretch[column]! : 1
  })
  return { mean: Float32Array.from(mean), deviation }
}

/** (x − mean) / deviation, column by column. */
export function applyScaler({ data, rows, columns }: Matrix, { mean, deviation }: Scaler): Matrix {
  const scaled = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) scaled[i] = (data[i]! - mean[i % columns]!) / deviation[i % columns]!
  return { data: scaled, rows, columns }
}
