import { describe, expect, it } from 'vitest'
import { applyScaler, fitScaler } from './standardize'

describe('fitScaler and applyScaler', () => {
  const table = { data: Float32Array.of(1, 10, 5, 3, 10, 1e6, 5, 10, 1e6), rows: 3, columns: 3 }

  it('centre and scale the rows asked for; a column that does not vary is centred alone', () => {
    const scaler = fitScaler(table, [0, 1])
    expect([...scaler.mean]).toEqual([2, 10, 500002.5])
    expect([...scaler.deviation]).toEqual([1, 1, 499997.5])
    const scaled = applyScaler(table, scaler)
    expect([...scaled.data.subarray(0, 6)]).toEqual([-1, 0, -1, 1, 0, 1])
    expect(scaled.data[6]).toBe(3)
  })

  it('do not take the rounding of a large constant for variation', () => {
    const rows = 1000
    const data = Float32Array.from({ length: rows }, (_, i) => 1e6 + (i % 2) * 0.0625)
    expect(fitScaler({ data, rows, columns: 1 }, data.keys()).deviation[0]).toBe(1)
  })

  it('give blocks of any width the same total variance', () => {
    const rows = 64
    const data = Float32Array.from({ length: rows * 6 }, (_, i) => Math.sin(i * i) * 10 ** (i % 6))
    const table = { data, rows, columns: 6, blocks: [5, 1] }
    const scaled = applyScaler(table, fitScaler(table, Array(rows).keys()))
    const variance = (column: number) =>
      Array.from({ length: rows }, (_, row) => scaled.data[6 * row + column]! ** 2 / rows).reduce(
        (a, b) => a + b,
      )
    const variances = [0, 1, 2, 3, 4, 5].map(variance)
    // f32 rounds each of the 64 squares by 6e-8.
    for (const found of variances.slice(0, 5)) expect(found).toBeCloseTo(3 / 5, 5)
    expect(variances[5]).toBeCloseTo(3, 5)
  })
})
