import { EPSILON } from '../epsilon'
import type { Parameters } from '../parameters/parameters'

/** What a leaf may put out. */
export interface Bounds {
  readonly low: number
  readonly high: number
}

/** Sums over the rows of a side. */
export interface Side {
  readonly gradient: number
  readonly hessian: number
  readonly count: number
}

/** LightGBM's ThresholdL1. */
const thresholdL1 = (s: number, l1: number) => Math.sign(s) * Math.max(0, Math.abs(s) - l1)

/** CalculateSplittedLeafOutput, with L2 regularisation given, as that of categories is another. */
export function sideOutput(
  side: Side,
  l2: number,
  { lambda_l1, max_delta_step, path_smooth }: Parameters,
  parentOutput: number,
  bounds?: Bounds,
): number {
  const g = lambda_l1 > 0 ? thresholdL1(side.gradient, lambda_l1) : side.gradient
  let output = -g / (side.hessian + l2)
  if (max_delta_step > 0 && Math.abs(output) > max_delta_step) output = Math.sign(output) * max_delta_step
  if (path_smooth > EPSILON) {
    const weight = side.count / path_smooth
    output = (output * weight) / (weight + 1) + parentOutput / (weight + 1)
  }
  if (bounds === undefined) return output
  return output < bounds.low ? bounds.low : output > bounds.high ? bounds.high : output
}

/** GetLeafGainGivenOutput. */
export function gainGivenOutput(side: Side, l2: number, { lambda_l1 }: Parameters, output: number): number {
  const g = lambda_l1 > 0 ? thresholdL1(side.gradient, lambda_l1) : side.gradient
  return -(2 * g * output + (side.hessian + l2) * output * output)
}

/** GetLeafGain: no bounds. */
export function sideGain(side: Side, l2: number, parameters: Parameters, parentOutput: number): number {
  const { lambda_l1, max_delta_step, path_smooth } = parameters
  if (max_delta_step > 0 || path_smooth > EPSILON) {
    return gainGivenOutput(side, l2, parameters, sideOutput(side, l2, parameters, parentOutput))
  }
  const g = lambda_l1 > 0 ? thresholdL1(side.gradient, lambda_l1) : side.gradient
  return (g * g) / (side.hessian + l2)
}

/** GetSplitGains; `bounds` are given where some column is monotone. */
export function splitGain(
  left: Side,
  right: Side,
  l2: number,
  parameters: Parameters,
  parentOutput: number,
  bounds: Bounds | undefined,
  sign: number,
): number {
  if (bounds === undefined) {
    return sideGain(left, l2, parameters, parentOutput) + sideGain(right, l2, parameters, parentOutput)
  }
  const l = sideOutput(left, l2, parameters, parentOutput, bounds)
  const r = sideOutput(right, l2, parameters, parentOutput, bounds)
  if ((sign > 0 && l > r) || (sign < 0 && l < r)) return 0
  return gainGivenOutput(left, l2, parameters, l) + gainGivenOutput(right, l2, parameters, r)
}
