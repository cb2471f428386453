import fc from 'fast-check'
import { expect, test } from 'vitest'
import { monotoneRoot } from './monotone-root'

const solve = (f: (x: number) => number, low: number, high: number) =>
  monotoneRoot(f, { low, high, atLow: f(low), atHigh: f(high) })

test.each([
  ['√2', (x: number) => x * x - 2, 0, 9, Math.SQRT2],
  ['falling', (x: number) => 1 - Math.exp(x), -3, 5, 0],
  ['flat at the root', (x: number) => (x - 1) ** 9, -4, 5, 1],
  ['steep at one end', (x: number) => Math.exp(60 * x) - 2, -1, 1, Math.LN2 / 60],
  ['a step', (x: number) => (x < 0.3 ? -1 : 1), 0, 1, 0.3],
  ['root at an end', (x: number) => x - 4, 4, 9, 4],
  ['root at the other', (x: number) => x - 9, 4, 9, 9],
])('%s', (_, f, low, high, root) => {
  expect(Math.abs(solve(f, low, high) - root)).toBeLessThan(1e-14)
})

test('cubics are solved to the last bits, in few steps', () => {
  const coefficient = fc.double({ min: 0.01, max: 100, noNaN: true })
  fc.assert(
    fc.property(
      coefficient,
      coefficient,
      fc.integer({ min: -900, max: 900 }).map((n) => n / 100 + 0.003),
      (a, b, root) => {
        let calls = 0
        const f = (x: number) => {
          calls += 1
          return a * (x - root) ** 3 + b * (x - root)
        }
        expect(Math.abs(solve(f, -10, 10) - root)).toBeLessThan(1e-13)
        expect(calls).toBeLessThan(40)
      },
    ),
  )
})
