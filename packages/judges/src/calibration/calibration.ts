import { isotonicValue, winProbability } from '@prefkit/evals'
import { JudgeError } from '../judge-error'
import { logOdds } from '../judging/log-odds'

/** P' = σ(log-odds of P / T): how sure a judge is changes, never whom it prefers. Plain JSON. */
export interface TemperatureCalibration {
  readonly method: 'temperature'
  /** 1 / T ≥ 0; below 1 the judge was over-confident, 0 where its probabilities say nothing. */
  readonly inverseTemperature: number
  /** How far from 0 and 1 probabilities are kept before their log-odds. */
  readonly clip: number
}

/** P' = f(P), f rising and straight between thresholds. Plain JSON. */
export interface IsotonicCalibration {
  readonly method: 'isotonic'
  /** Thresholds, rising strictly. */
  readonly x: readonly number[]
  /** Values there, never falling. */
  readonly y: readonly number[]
  /** How far from 0 and 1 the result is kept. */
  readonly clip: number
}

/** A fitted calibration, to be saved and read again. */
export type Calibration = TemperatureCalibration | IsotonicCalibration

/** A function of P(a is better) that makes it come true as often as it says. */
export type Calibrate = (probability: number) => number

/** ½ [f(p) + 1 − f(1 − p)]: the nearest to f that treats a and b alike, P'(a) + P'(b) = 1. */
export const symmetric =
  (calibrate: Calibrate): Calibrate =>
  (probability) =>
    0.5 + (calibrate(probability) - calibrate(1 - probability)) / 2

const functions: {
  readonly [M in Calibration['method']]: (calibration: Extract<Calibration, { method: M }>) => Calibrate
} = {
  temperature:
    ({ inverseTemperature, clip }) =>
    (p) =>
      winProbability(inverseTemperature * logOdds(p, clip)),
  isotonic: ({ x, y, clip }) => {
    const rising = { x: [...x], y: [...y] }
    return (p) => Math.min(1 - clip, Math.max(clip, isotonicValue(rising, p)))
  },
}

/** The function of a fitted calibration. */
export function calibrationFunction(calibration: Calibration): Calibrate {
  const make = functions[calibration.method] as (calibration: Calibration) => Calibrate
  return symmetric(make(calibration))
}

const isNumber = (value: unknown, low: number, high: number): boolean =>
  typeof value === 'number' && value >= low && value <= high

const areNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((x) => isNumber(x, 0, 1))

const rises = (values: readonly number[], strictly: boolean): boolean =>
  values.every((value, i) => i === 0 || value > values[i - 1]! || (!strictly && value === values[i - 1]!))

type Fields = Readonly<Record<string, unknown>>

/** What each method's fields must be, in the words of the error. */
const fields: Readonly<Record<string, Readonly<Record<string, [(fields: Fields) => boolean, string]>>>> = {
  temperature: {
    inverseTemperature: [
      (given) => isNumber(given.inverseTemperature, 0, Number.MAX_VALUE),
      'a number of at least 0',
    ],
    clip: [({ clip }) => isNumber(clip, Number.MIN_VALUE, 0.5), 'a number above 0, up to 0.5'],
  },
  isotonic: {
    x: [({ x }) => areNumbers(x) && rises(x, true), 'numbers from 0 to 1 that rise'],
    y: [
      ({ x, y }) => areNumbers(y) && rises(y, false) && areNumbers(x) && x.length === y.length,
      'as many numbers from 0 to 1 as x has, that never fall',
    ],
    clip: [({ clip }) => isNumber(clip, 0, 0.5), 'a number from 0 to 0.5'],
  },
}

const invalid = (parameter: string, value: unknown, expected: string): JudgeError =>
  new JudgeError('INVALID_INPUT', parameter, `${parameter} is ${JSON.stringify(value)}; expected ${expected}`)

/**
 * A calibration from parsed JSON.
 * @throws JudgeError `INVALID_INPUT` naming the field that is not what a calibration has.
 */
export function readCalibration(value: unknown): Calibration {
  if (typeof value !== 'object' || value === null) throw invalid('calibration', value, 'an object')
  const given = value as Fields
  const method = String(given.method)
  if (!Object.hasOwn(fields, method)) throw invalid('method', given.method, 'temperature or isotonic')
  for (const [name, [isRight, expected]] of Object.entries(fields[method]!))
    if (!isRight(given)) throw invalid(name, given[name], expected)
  return value as Calibration
}
