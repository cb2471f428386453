import fc from 'fast-check'
import { expect, test } from 'vitest'
import { goldens } from './goldens/load-goldens'
import { wilsonInterval } from './wilson-interval'

test.each(goldens.wilson)('$successes of $trials at $confidence is statsmodels’', (row) => {
  const { low, high } = wilsonInterval(row.successes, row.trials, row.confidence)
  expect(low).toBeCloseTo(row.low, 13)
  expect(high).toBeCloseTo(row.high, 13)
})

test('holds the proportion, stays in [0, 1], and mirrors when successes and failures swap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (trials, share) => {
        const successes = Math.round(share * trials)
        const { low, high } = wilsonInterval(successes, trials)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(successes / trials)
        expect(high).toBeGreaterThanOrEqual(successes / trials)
        const mirror = wilsonInterval(trials - successes, trials)
        expect(mirror.low).toBeCloseTo(1 - high, 12)
      },
    ),
  )
})

test('refuses nonsense by name', () => {
  expect(() => wilsonInterval(0, 0)).toThrow('trials is 0; expected one or more')
  expect(() => wilsonInterval(3, 2)).toThrow('successes is 3 of 2 trials; expected 0 ≤ successes ≤ trials')
  expect(() => wilsonInterval('3' as unknown as number, 4)).toThrow(
    'successes is the string "3"; expected a finite number',
  )
  expect(() => wilsonInterval(1, Number.NaN)).toThrow('trials is NaN; expected a finite number')
  expect(() => wilsonInterval(1, 2, 95)).toThrow('confidence is 95; expected a number between 0 and 1')
})
