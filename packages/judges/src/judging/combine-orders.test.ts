import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asWinOfA, combineOrders, type First, verdictOf } from './combine-orders'

const reading = (first: First, firstWins: number) => ({ first, winProbability: asWinOfA(first, firstWins) })
const probability = fc.double({ min: 0, max: 1, noNaN: true })

test('the win probability is ½ [p(yes | a, b) + p(no | b, a)]', () => {
  const combined = combineOrders([reading('a', 0.9), reading('b', 0.4)])
  expect(combined.winProbability).toBeCloseTo((0.9 + (1 - 0.4)) / 2, 15)
  expect(combined).toMatchObject({ byOrder: { a: 0.9, b: 0.6 }, consistent: true })
})

test('a preference for a place alone is exactly ½, whatever its strength', () => {
  fc.assert(
    fc.property(probability, (p) => {
      const combined = combineOrders([reading('a', p), reading('b', p)])
      expect(combined.winProbability).toBe(0.5)
      expect(verdictOf(combined.winProbability!)).toBe('tie')
    }),
  )
})

test('each order counts once, however many readings it has', () => {
  const combined = combineOrders([reading('a', 1), reading('a', 1), reading('a', 1), reading('b', 1)])
  expect(combined.winProbability).toBe(0.5)
})

test('exchanging the responses gives the complement, consistency and mirrored bounds', () => {
  const withBounds = fc.record({
    first: fc.constantFrom('a' as const, 'b' as const),
    winProbability: probability,
    bounds: fc
      .tuple(probability, probability)
      .map(([x, y]) => ({ low: Math.min(x, y), high: Math.max(x, y) })),
  })
  fc.assert(
    fc.property(fc.array(withBounds, { minLength: 1, maxLength: 6 }), (readings) => {
      const mirrored = readings.map(({ first, winProbability, bounds }) => ({
        first: first === 'a' ? ('b' as const) : ('a' as const),
        winProbability: 1 - winProbability,
        bounds: { low: 1 - bounds.high, high: 1 - bounds.low },
      }))
      const [x, y] = [combineOrders(readings), combineOrders(mirrored)]
      expect(x.winProbability! + y.winProbability!).toBeCloseTo(1, 12)
      expect(x.bounds!.low + y.bounds!.high).toBeCloseTo(1, 12)
      expect(x.consistent).toBe(y.consistent)
    }),
  )
})

test('an order without an answer leaves no win probability: the other has the preference for a place in it', () => {
  const combined = combineOrders([reading('a', 0.9), { first: 'b' }])
  expect(combined).toEqual({ byOrder: { a: 0.9 } })
  expect(combineOrders([])).toEqual({ byOrder: {} })
})

test('readings without an order are one order, and a reading without bounds is its own', () => {
  expect(combineOrders([{ winProbability: 0.2 }, { winProbability: 0.4 }]).winProbability).toBeCloseTo(
    0.3,
    15,
  )
  const bounds = { low: 0.1, high: 0.5 }
  const combined = combineOrders([
    { first: 'a', winProbability: 0.3, bounds },
    { first: 'b', winProbability: 0.7 },
  ])
  expect(combined.bounds!.low).toBeCloseTo(0.4, 15)
  expect(combined.bounds!.high).toBeCloseTo(0.6, 15)
})

test('a margin around ½ is a tie', () => {
  expect([0.44, 0.45, 0.5, 0.55, 0.56].map((p) => verdictOf(p, 0.05))).toEqual([
    'b',
    'tie',
    'tie',
    'tie',
    'a',
  ])
})

test('orders are consistent where their verdicts are the same by the margin; a tie is not a win', () => {
  const consistent = (a: number, b: number, tieMargin?: number) =>
    combineOrders(
      [
        { first: 'a', winProbability: a },
        { first: 'b', winProbability: b },
      ],
      tieMargin,
    ).consistent
  expect(consistent(0.501, 0.499)).toBe(false)
  expect(consistent(0.501, 0.499, 0.05)).toBe(true)
  expect(consistent(0.5, 0.9)).toBe(false)
  expect(consistent(0.54, 0.9, 0.05)).toBe(false)
  expect(consistent(0.6, 0.9, 0.05)).toBe(true)
})
