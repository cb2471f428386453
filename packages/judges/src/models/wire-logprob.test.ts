import { expect, test } from 'vitest'
import { wireLogprob } from './wire-logprob'

test('logarithms are read, stand-ins for 0 are minus infinity, and anything else is none', () => {
  expect(wireLogprob(-1.5)).toBe(-1.5)
  expect(wireLogprob(1e-6)).toBe(1e-6)
  expect(wireLogprob(-9999)).toBe(Number.NEGATIVE_INFINITY)
  for (const wrong of [0.5, Number.NaN, '-1', null, undefined, {}]) expect(wireLogprob(wrong)).toBeUndefined()
})
