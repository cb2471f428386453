import { winProbability } from '@prefkit/evals'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { functionJudge } from '../judging/function-judge'
import { chance, pairOf } from '../judging/testing/scripted'
import { calibratedJudge } from './calibrated-judge'
import { type Calibration, calibrationFunction, readCalibration } from './calibration'
import { fitCalibration } from './fit-calibration'
import type { PairLabel } from './pair-label'

const count = 3000
const truth = Array.from({ length: count }, (_, i) => 4 * chance('margin', i) - 2)
const labels = truth.map((margin, i): PairLabel => (chance('label', i) < winProbability(margin) ? 'a' : 'b'))
/** Three times as sure as it ought to be. */
const overconfident = truth.map((margin) => winProbability(3 * margin))
const methods = ['temperature', 'isotonic'] as const

test('the temperature of an over-confident judge is found', () => {
  const { calibration } = fitCalibration(overconfident, labels)
  if (calibration.method !== 'temperature') throw new Error('expected a temperature')
  expect(Math.abs(1 / calibration.inverseTemperature - 3)).toBeLessThan(0.35)
})

test('both methods lower calibration error and log loss where they were not fitted, and keep the accuracy', () => {
  for (const method of methods) {
    const { heldOut } = fitCalibration(overconfident, labels, { method })
    expect(heldOut.before.expectedCalibrationError).toBeGreaterThan(0.12)
    expect(heldOut.after.expectedCalibrationError).toBeLessThan(0.04)
    expect(heldOut.after.logLoss).toBeLessThan(heldOut.before.logLoss - 0.1)
    expect(Math.abs(heldOut.after.accuracy! - heldOut.before.accuracy!)).toBeLessThan(0.02)
    expect(heldOut.after.count).toBe(count)
  }
})

test('isotonic regression mends what no temperature can', () => {
  // Nothing between 0.2 and 0.8 means anything, and beyond that it is right nine times in ten.
  const says = truth.map((_, i) => chance('says', i))
  const chances = says.map((p) => (p < 0.2 ? 0.1 : p > 0.8 ? 0.9 : 0.5))
  const outcomes = chances.map((p, i): PairLabel => (chance('step', i) < p ? 'a' : 'b'))
  const [byTemperature, byIsotonic] = methods.map((method) => fitCalibration(says, outcomes, { method }))
  expect(byIsotonic!.heldOut.after.logLoss).toBeLessThan(byTemperature!.heldOut.after.logLoss - 0.01)
  expect(Math.abs(calibrationFunction(byIsotonic!.calibration)(0.9) - 0.9)).toBeLessThan(0.05)
  expect(Math.abs(calibrationFunction(byIsotonic!.calibration)(0.6) - 0.5)).toBeLessThan(0.06)
})

test('P(a) + P(b) = 1 after calibration, which never falls', () => {
  for (const method of methods) {
    const calibrate = calibrationFunction(fitCalibration(overconfident, labels, { method }).calibration)
    const probability = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(probability, probability, (x, y) => {
        expect(calibrate(x) + calibrate(1 - x)).toBeCloseTo(1, 12)
        expect(calibrate(Math.max(x, y))).toBeGreaterThanOrEqual(calibrate(Math.min(x, y)) - 1e-12)
        expect(calibrate(x)).toBeGreaterThan(0)
        expect(calibrate(x)).toBeLessThan(1)
      }),
    )
    expect(calibrate(0.5)).toBe(0.5)
  }
})

test('exchanging all responses and labels fits the same', () => {
  const swapped = labels.map((label): PairLabel => (label === 'a' ? 'b' : 'a'))
  for (const method of methods) {
    const [x, y] = [
      fitCalibration(overconfident, labels, { method }),
      fitCalibration(
        overconfident.map((p) => 1 - p),
        swapped,
        { method },
      ),
    ]
    for (const p of [0.01, 0.3, 0.77])
      expect(calibrationFunction(x.calibration)(p)).toBeCloseTo(calibrationFunction(y.calibration)(p), 6)
  }
})

test('a judge that knows nothing says ½; one that is never wrong is left as it is', () => {
  const contrary = fitCalibration(
    overconfident.map((p) => 1 - p),
    labels,
  )
  expect(calibrationFunction(contrary.calibration)(0.9)).toBe(0.5)
  expect(contrary.heldOut.after.logLoss).toBeCloseTo(Math.LN2, 12)
  const right = fitCalibration([0.9, 0.8, 0.3, 0.2], ['a', 'a', 'b', 'b'])
  expect(right.calibration).toMatchObject({ inverseTemperature: 1 })
  expect(calibrationFunction(right.calibration)(0.9)).toBeCloseTo(0.9, 12)
})

test('ties count as half of each, beside decided pairs', () => {
  const tied = fitCalibration([0.9, 0.9, 0.9, 0.9, 0.9], ['a', 'a', 'tie', 'tie', 'b'])
  expect(calibrationFunction(tied.calibration)(0.9)).toBeCloseTo(3 / 5, 6)
})

test('missing and abstained judgements are left out and counted', () => {
  const judgements = overconfident.map((winProbability, i) =>
    i % 3 === 0
      ? undefined
      : { verdict: i % 3 === 1 ? ('abstained' as const) : ('a' as const), winProbability },
  )
  expect(fitCalibration(judgements, labels)).toMatchObject({ count: 1000, missing: 2000 })
})

test('isotonic regression claims no certainty from few labels', () => {
  const { calibration } = fitCalibration([0.9, 0.8, 0.3, 0.2], ['a', 'a', 'b', 'b'], { method: 'isotonic' })
  expect(calibrationFunction(calibration)(0.99)).toBeCloseTo(1 - 1 / 6, 12)
})

test('calibrations survive JSON, and what is none is refused by field', () => {
  for (const method of methods) {
    const { calibration } = fitCalibration(overconfident, labels, { method })
    const again = readCalibration(JSON.parse(JSON.stringify(calibration)))
    expect(calibrationFunction(again)(0.83)).toBe(calibrationFunction(calibration)(0.83))
  }
  const wrong: [unknown, RegExp][] = [
    [null, /calibration is null/],
    [{ method: 'platt' }, /method is "platt"/],
    [{ method: 'temperature', inverseTemperature: -1, clip: 0.01 }, /inverseTemperature is -1/],
    [{ method: 'temperature', inverseTemperature: 1, clip: 0 }, /clip is 0/],
    [{ method: 'isotonic', x: [0.5, 0.5], y: [0, 1], clip: 0 }, /x is \[0.5,0.5\]/],
    [{ method: 'isotonic', x: [0.4, 0.5], y: [1, 0], clip: 0 }, /y is \[1,0\]/],
  ]
  for (const [value, message] of wrong) expect(() => readCalibration(value)).toThrow(message)
})

test('a calibrated judge changes probability, bounds and verdict, and leaves readings and abstentions', async () => {
  const judge = functionJudge(({ a }) => (a === 'x' ? 0.9 : 0.1), { name: 'sure' })
  const calibration: Calibration = { method: 'temperature', inverseTemperature: 0.5, clip: 1e-3 }
  const calibrated = calibratedJudge(judge, calibration)
  const judgement = await calibrated.compare(pairOf('x', 'y'))
  expect(judgement.winProbability).toBeCloseTo(winProbability(Math.log(9) / 2), 12)
  expect(judgement.readings[0]!.winProbability).toBe(0.9)
  expect(calibrated.identity).toEqual({ judge: 'calibrated', of: judge.identity, calibration, tieMargin: 0 })
  const tied = await calibratedJudge(judge, calibration, { tieMargin: 0.3 }).compare(pairOf('x', 'y'))
  expect(tied.verdict).toBe('tie')
  const silent = calibratedJudge(
    functionJudge(() => undefined, { name: 'silent' }),
    calibration,
  )
  expect((await silent.compare(pairOf('x', 'y'))).verdict).toBe('abstained')
  const broken = calibratedJudge(judge, () => 2, { identity: 'two' })
  await expect(broken.compare(pairOf('x', 'y'))).rejects.toThrow(/calibrate gave 2 for 0.9/)
})

test('input that does not fit is refused by name', () => {
  expect(() => fitCalibration([], [])).toThrow(/labels is empty/)
  expect(() => fitCalibration([0.5], ['a', 'b'])).toThrow(/judgements has 1 judgements and labels 2/)
  expect(() => fitCalibration([0.5, 2], ['a', 'b'])).toThrow(/judgements\[1\] has the win probability 2/)
  expect(() => fitCalibration([undefined, 0.5], ['a', 'b'])).toThrow(/expected two groups/)
  expect(() => fitCalibration([0.4, 0.5], ['a', 'b'], { method: 'platt' as 'isotonic' })).toThrow(
    /expected one of temperature/,
  )
  expect(() => fitCalibration([0.4, 0.5], ['a', 'b'], { groups: ['q'] })).toThrow(/groups has 1 values/)
})

test('a function is told from others by an identity that must be given', () => {
  const judge = functionJudge(() => 0.9, { name: 'sure' })
  const half = (p: number) => p / 2
  // @ts-expect-error a function needs an identity
  expect(() => calibratedJudge(judge, half)).toThrow(/identity is undefined/)
  const [x, y] = ['half', 'third'].map((identity) => calibratedJudge(judge, half, { identity }).identity)
  expect(x).not.toEqual(y)
})
