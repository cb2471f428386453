import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffDelay, jitter } from './backoff'
import { retryAfter } from './retry-after'

const of = (headers: Record<string, string>, now?: number) => retryAfter((name) => headers[name], now)

test('seconds, milliseconds and dates, the most exact first', () => {
  expect(of({ 'retry-after': '2' })).toBe(2000)
  expect(of({ 'retry-after': '0.5' })).toBe(500)
  expect(of({ 'retry-after-ms': '20', 'retry-after': '2' })).toBe(20)
  expect(of({ 'retry-after-ms': 'soon', 'retry-after': '2' })).toBe(2000)
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT'
  expect(of({ 'retry-after': date }, Date.UTC(2026, 9, 21, 7, 27, 30))).toBe(30_000)
  expect(of({ 'retry-after': date }, Date.UTC(2026, 9, 21, 8))).toBe(0)
})

test('what cannot be read is as if it were not there', () => {
  for (const value of ['', ' ', '-1', 'NaN', 'Infinity', 'tomorrow'])
    expect(of({ 'retry-after': value })).toBeUndefined()
  expect(of({})).toBeUndefined()
})

test('delays are uniform below a bound that doubles up to the most, and seeded', () => {
  const backoff = { base: 100, most: 1000 }
  const delays = (seed: number) => {
    const random = jitter(seed)
    return Array.from({ length: 8 }, (_, i) => backoffDelay(backoff, i, random))
  }
  expect(delays(1)).toEqual(delays(1))
  expect(delays(1)).not.toEqual(delays(2))
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      for (const [i, delay] of delays(seed).entries()) {
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThan(Math.min(1000, 100 * 2 ** i))
      }
    }),
  )
  const random = jitter(3)
  const first = Array.from({ length: 4000 }, () => backoffDelay(backoff, 0, random))
  // Uniform in [0, 100): mean 50, standard error 100/√(12·4000) = 0.46.
  expect(first.reduce((sum, delay) => sum + delay, 0) / 4000).toBeCloseTo(50, -0.6)
})
