import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fiveErrors } from '../testing/sampling-error'
import { annotationErrorRate, observedErrorRate } from './annotation-error-rate'
import { calibrateAnnotator, calibrateBeta, calibrateFlipRate } from './calibrate-annotator'
import { composeAnnotator } from './compose-annotator'
import { expressionQuality } from './expression-quality'
import { logisticAnnotator } from './logistic-annotator'
import { paperAnnotations } from './paper-annotations'
import { perfectAnnotator } from './perfect-annotator'
import { probitAnnotator } from './probit-annotator'
import { qualityAnnotator } from './quality-annotator'
import { simulateAnnotations } from './simulate-annotations'
import { withPositionBias } from './with-position-bias'
import { withTies } from './with-ties'

const deltas = Float64Array.from({ length: 4000 }, (_, i) => 2 * Math.sin(i + 1) ** 3)
const { lowest, highest } = paperAnnotations.errorRates

test.each([lowest, 0.1, 0.2, 0.3, highest, 0.4999])('β for an error rate of %d has it', (errorRate) => {
  const { parameter, annotator, errorRate: reached } = calibrateBeta(deltas, { errorRate })
  expect(Math.abs(reached - errorRate)).toBeLessThan(1e-12)
  expect(annotationErrorRate(deltas, annotator)).toBe(reached)
  expect(annotationErrorRate(deltas, logisticAnnotator({ beta: parameter }))).toBe(reached)
})

test('where all differences are equal, β is the logit', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.499, noNaN: true }),
      fc.double({ min: 0.01, max: 50, noNaN: true }),
      (p, d) => {
        const { parameter } = calibrateBeta([d, -d, d], { errorRate: p })
        expect(parameter * d).toBeCloseTo(Math.log((1 - p) / p), 10)
      },
    ),
  )
})

test('labels of a calibrated annotator err as often as wished', () => {
  const many = Float64Array.from({ length: 200_000 }, (_, i) => deltas[i % deltas.length]!)
  const { annotator } = calibrateBeta(deltas, { errorRate: 0.25 })
  const observed = observedErrorRate(simulateAnnotations(many, annotator, { seed: 2 }), many)
  expect(Math.abs(observed - 0.25)).toBeLessThan(fiveErrors(0.25, many.length))
})

test('other families: probit, an expression, with ties and a position bias around', () => {
  const families = [
    (beta: number) => probitAnnotator({ beta }),
    (beta: number) =>
      qualityAnnotator(expressionQuality('0.5 + atan(beta*delta)/pi', { parameters: { beta } })),
    (beta: number) => composeAnnotator(logisticAnnotator({ beta }), withTies({ threshold: 0.1 })),
    (beta: number) => composeAnnotator(logisticAnnotator({ beta }), withPositionBias({ strength: 0.1 })),
  ]
  for (const family of families) {
    const { errorRate } = calibrateBeta(deltas, { errorRate: 0.2, family })
    expect(Math.abs(errorRate - 0.2)).toBeLessThan(1e-12)
  }
})

test('what cannot be reached is refused, with what can', () => {
  // Half the pairs are equal: a quarter of the labels is wrong whatever β is.
  const half = [0, 1, 0, -2]
  expect(() => calibrateBeta(half, { errorRate: 0.2 })).toThrow(
    'errorRate is 0.2; on these comparisons some β gives rates from 0.25 to 0.5',
  )
  expect(() => calibrateBeta(half, { errorRate: 0.6 })).toThrow('rates from 0.25 to 0.5')
  expect(calibrateBeta(half, { errorRate: 0.25 }).errorRate).toBe(0.25)
  expect(calibrateBeta(half, { errorRate: 0.5 }).parameter).toBe(0)
  expect(calibrateBeta([0, 0], { errorRate: 0.5 }).parameter).toBe(0)
  expect(() => calibrateBeta([0, 0], { errorRate: 0.4 })).toThrow('rates from 0.5 to 0.5')
  expect(() => calibrateBeta([], { errorRate: 0.4 })).toThrow('nothing is decided')
  expect(() => calibrateBeta([1], { errorRate: 1.4 })).toThrow('errorRate is 1.4')
})

test('any parameter whose rate rises or falls is found', () => {
  const bias = (strength: number) => composeAnnotator(perfectAnnotator(), withPositionBias({ strength }))
  const smooth = (strength: number) =>
    composeAnnotator(logisticAnnotator({ beta: 3 }), withPositionBias({ strength }))
  const positive = deltas.map(Math.abs)
  const found = calibrateAnnotator(positive, smooth, { errorRate: 0.1, low: -5, high: 5 })
  expect(Math.abs(found.errorRate - 0.1)).toBeLessThan(1e-12)
  expect(() => calibrateAnnotator(positive, bias, { errorRate: 0.1, low: 0, high: 1 })).toThrow(
    'errorRate is 0.1; on these comparisons a parameter from 0 to 1 gives 0 to 0',
  )
})

test('flips: ε in closed form, on top of what an annotator errs already', () => {
  const flips = calibrateFlipRate(deltas, perfectAnnotator(), { errorRate: 0.3 })
  expect(flips.parameter).toBeCloseTo(0.3, 14)
  const base = composeAnnotator(logisticAnnotator({ beta: 4 }), withTies({ threshold: 0.05 }))
  const more = calibrateFlipRate(deltas, base, { errorRate: 0.3 })
  expect(Math.abs(more.errorRate - 0.3)).toBeLessThan(1e-12)
  const before = annotationErrorRate(deltas, base)
  expect(() => calibrateFlipRate(deltas, base, { errorRate: 0.01 })).toThrow(
    `errorRate is 0.01; on these comparisons flipping answers of this annotator gives rates from ${before}`,
  )
  const coin = logisticAnnotator({ beta: 0 })
  expect(calibrateFlipRate(deltas, coin, { errorRate: 0.5 }).parameter).toBe(0)
  expect(() => calibrateFlipRate(deltas, coin, { errorRate: 0.4 })).toThrow('rates from 0.5 to 0.5')
})

test('the settings of the paper are in order and cannot be changed', () => {
  const rates = paperAnnotations.betas.map((beta) => annotationErrorRate(deltas, logisticAnnotator({ beta })))
  expect(rates).toEqual(rates.toSorted((a, b) => a - b))
  expect(Object.isFrozen(paperAnnotations) && Object.isFrozen(paperAnnotations.betas)).toBe(true)
})
