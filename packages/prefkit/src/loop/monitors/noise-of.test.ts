import { describe, expect, it } from 'vitest'
import { noiseOf } from './noise-of'
import { noise } from './testing/curves'

/** Of a long sample, so that the estimate of φ, which samples of 50 scatter by 0.2, is near. */
const long = 20_000
const of = (phi: number, change = (value: number, _: number) => value) =>
  noiseOf(noise(3, long, phi).map(change))

describe('noiseOf', () => {
  // Within 5 %: φ is estimated to ± 0.01 or so, which is a percent or two of √((1 + φ) / (1 − φ)).
  it('is the deviation of numbers that do not depend on each other', () => {
    expect(of(0) / 1).toBeGreaterThan(0.95)
    expect(of(0) / 1).toBeLessThan(1.05)
  })

  it('is greater where numbers are like those before them: √3 times for φ = 0.5', () => {
    expect(of(0.5) / Math.sqrt(3)).toBeGreaterThan(0.95)
    expect(of(0.5) / Math.sqrt(3)).toBeLessThan(1.05)
  })

  it('is the same beside a trend, and next to the same beside a jump', () => {
    expect(of(0.5, (value, i) => value + 7 * i)).toBeCloseTo(of(0.5), 6)
    expect(of(0.5, (value, i) => value + (i > 25 ? 50 : 0))).toBeCloseTo(of(0.5), 2)
  })

  it('is 0 of lines, and of too few numbers', () => {
    expect(noiseOf([1, 2, 3, 4, 5, 6])).toBe(0)
    expect(noiseOf([1, 9, 3, 4])).toBe(0)
    expect(noiseOf([])).toBe(0)
  })
})
