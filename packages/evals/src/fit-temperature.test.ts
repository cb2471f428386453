import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitTemperature } from './fit-temperature'
import { goldens } from './goldens/load-goldens'

const { margins, inverseTemperature, temperedLogLoss } = goldens.calibration

test('finds the root SciPy finds', () => {
  const fit = fitTemperature(margins)
  expect(fit.status).toBe('fitted')
  // Near the minimum the loss is flat to rounding within about 1e-8 of it.
  expect(fit.inverseTemperature).toBeCloseTo(inverseTemperature, 7)
  expect(fit.temperature).toBeCloseTo(1 / inverseTemperature, 7)
  expect(fit.logLoss).toBeCloseTo(temperedLogLoss, 12)
})

test('margins k times larger need a temperature k times larger', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (k) => {
      const fit = fitTemperature(margins.map((m) => m * k))
      expect(fit.temperature! / k).toBeCloseTo(1 / inverseTemperature, 6)
    }),
  )
})

test('says when there is no optimum', () => {
  expect(fitTemperature([1, 2, 0, 5])).toEqual({
    status: 'separable',
    inverseTemperature: null,
    temperature: null,
    logLoss: Math.LN2 / 4,
  })
  for (const wrong of [
    [-1, -2],
    [0, 0],
    [1, -1],
    [1, -3],
  ]) {
    expect(fitTemperature(wrong)).toMatchObject({
      status: 'uninformative',
      inverseTemperature: 0,
      logLoss: Math.LN2,
    })
  }
})

test('survives wildly different margins', () => {
  const fit = fitTemperature([1e6, 1e-6, -1e-6, 3, -1, 1e-9])
  expect(fit.status).toBe('fitted')
  expect(fit.logLoss).toBeLessThan(Math.LN2)
})

test('refuses bad input by name', () => {
  expect(() => fitTemperature([])).toThrow('margins is empty')
  expect(() => fitTemperature([1, Number.POSITIVE_INFINITY])).toThrow('margins[1] is Infinity')
})
