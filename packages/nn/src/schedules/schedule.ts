import { add, asTensor, cast, div, exp, floor, minimum, mul, sin, sub, Tensor } from '@prefkit/tensor'

/**
 * A value that depends on the step, which counts from 0. A number gives a number, in double precision; a tensor, such
 * as the counter in an optimiser's state, gives an f32 tensor and may be traced.
 */
export interface Schedule {
  (step: number): number
  (step: Tensor): Tensor
}

/** The arithmetic that schedules are written in, so that each has one formula for numbers and tensors. */
export interface ScheduleArithmetic<T> {
  constant(value: number): T
  add(a: T, b: T): T
  sub(a: T, b: T): T
  mul(a: T, b: T): T
  div(a: T, b: T): T
  min(a: T, b: T): T
  floor(a: T): T
  exp(a: T): T
  sin(a: T): T
}

const numbers: ScheduleArithmetic<number> = {
  constant: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  floor: Math.floor,
  exp: Math.exp,
  sin: Math.sin,
}

const tensors: ScheduleArithmetic<Tensor> = {
  constant: (value) => asTensor(value, 'f32'),
  add,
  sub,
  mul,
  div,
  min: minimum,
  floor,
  exp,
  sin,
}

/** A schedule from its formula. */
export function createSchedule(formula: <T>(ops: ScheduleArithmetic<T>, step: T) => T): Schedule {
  function schedule(step: number): number
  function schedule(step: Tensor): Tensor
  function schedule(step: number | Tensor): number | Tensor {
    return Tensor.isTensor(step) ? formula(tensors, cast(step, 'f32')) : formula(numbers, step)
  }
  return schedule
}
