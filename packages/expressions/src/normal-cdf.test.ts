import { expect, test } from 'vitest'
import { normalCdf } from './normal-cdf'

// ½ erfc(−x/√2) by the C library (Python's math.erfc).
const table: [number, number][] = [
  [-37, 5.725571222525139e-300],
  [-20, 2.7536241186063314e-89],
  [-8, 6.220960574271819e-16],
  [-5, 2.866515718791946e-7],
  [-3.0001, 0.001349454913260717],
  [-3, 0.0013498980316300957],
  [-2.9999, 0.0013503412829549248],
  [-1, 0.15865525393145707],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [1, 0.8413447460685429],
  [2, 0.9772498680518208],
  [3, 0.9986501019683699],
  [3.0001, 0.9986505450867393],
  [5, 0.9999997133484281],
  [8, 0.9999999999999993],
]

test.each(table)('Φ(%d) agrees with the C library, in the tail too', (x, expected) => {
  expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-12)
})

test('it has its limits at infinity', () => {
  expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(Number.POSITIVE_INFINITY)]).toEqual([0, 1])
})
