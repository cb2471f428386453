import { expect, test } from 'vitest'
import { goldens } from './goldens/load-goldens'
import { normalQuantile } from './normal-quantile'

test.each(goldens.normalQuantiles)('Φ⁻¹($p) is SciPy’s', ({ p, quantile }) => {
  // Fifteen digits: both are rational approximations good to the last place or two.
  expect(normalQuantile(p)).toBeCloseTo(quantile, 13)
})

test('is antisymmetric, and infinite at 0 and 1', () => {
  expect(normalQuantile(0.5)).toBe(0)
  expect(normalQuantile(0.25)).toBe(-normalQuantile(0.75))
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY)
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
})
