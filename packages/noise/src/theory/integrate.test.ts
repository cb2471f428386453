import { expect, test } from 'vitest'
import { derivative } from './derivative'
import { integrate } from './integrate'

const everything = [Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY]

const cases: [string, (x: number) => number, number[], number][] = [
  ['a polynomial', (x) => x ** 6 - x, [0, 2], 128 / 7 - 2],
  ['a bell', (x) => Math.exp(-x * x), everything, Math.sqrt(Math.PI)],
  ['a heavy tail', (x) => 1 / (1 + x * x), everything, Math.PI],
  ['an endpoint with infinite slope', Math.sqrt, [0, 1], 2 / 3],
  ['a kink that nobody named', (x) => Math.abs(x - 0.3), [0, 1], 0.29],
  ['a jump that nobody named', (x) => Number(x > 0.3), [0, 1], 0.7],
  ['a lower half-line', Math.exp, [1, Number.NEGATIVE_INFINITY], Math.E],
  ['breaks out of order and twice', (x) => x * x, [3, 0, 1, 3, 1], 9],
  ['nothing', (x) => x, [1], 0],
]

test.each(cases)('integrates %s', (_, f, breaks, expected) => {
  expect(Math.abs(integrate(f, breaks, { scale: 1 }) - expected)).toBeLessThan(1e-12 * Math.max(1, expected))
})

test.each([0.3, 2, 9])('differentiates exp and atan at %d', (x) => {
  expect(Math.abs(derivative(Math.exp, x, 0.1) / Math.exp(x) - 1)).toBeLessThan(1e-11)
  expect(Math.abs(derivative(Math.atan, x, 0.1) * (1 + x * x) - 1)).toBeLessThan(1e-11)
})

test('differentiates a constant', () => {
  expect(derivative(() => 3, 1, 0.1)).toBe(0)
})
