import { EPSILON } from '../epsilon'

/** Regularisation of leaf values: LightGBM's parameters of the same names. */
export interface OutputSettings {
  readonly lambda_l1: number
  readonly lambda_l2: number
  readonly max_delta_step: number
  readonly path_smooth: number
}

/** What a leaf may put out. */
export interface OutputBounds {
  readonly minimum: number
  readonly maximum: number
}

const shrink = (gradient: number, l1: number): number =>
  l1 === 0 ? gradient : Math.sign(gradient) * Math.max(0, Math.abs(gradient) - l1)

/** The value of a leaf of these sums, without bounds. */
export function leafOutput(
  gradient: number,
  hessian: number,
  rows: number,
  parentOutput: number,
  { lambda_l1, lambda_l2, max_delta_step, path_smooth }: OutputSettings,
): number {
  const free = -shrink(gradient, lambda_l1) / (hessian + lambda_l2)
  const output =
    max_delta_step > 0 && Math.abs(free) > max_delta_step ? Math.sign(free) * max_delta_step : free
  if (path_smooth <= EPSILON) return output
  const weight = rows / path_smooth
  return (output * weight) / (weight + 1) + parentOutput / (weight + 1)
}

/** A value within bounds. */
export const bounded = (output: number, { minimum, maximum }: OutputBounds): number =>
  output < minimum ? minimum : output > maximum ? maximum : output

/** How much a leaf of this value lowers the loss. */
export function gainOfOutput(
  gradient: number,
  hessian: number,
  output: number,
  { lambda_l1, lambda_l2 }: OutputSettings,
): number {
  return -(2 * shrink(gradient, lambda_l1) * output + (hessian + lambda_l2) * output * output)
}

/** How much a leaf of these sums lowers the loss. */
export function leafGain(
  gradient: number,
  hessian: number,
  rows: number,
  parentOutput: number,
  settings: OutputSettings,
): number {
  if (settings.max_delta_step > 0 || settings.path_smooth > EPSILON) {
    const output = leafOutput(gradient, hessian, rows, parentOutput, settings)
    return gainOfOutput(gradient, hessian, output, settings)
  }
  const rest = shrink(gradient, settings.lambda_l1)
  return (rest * rest) / (hessian + settings.lambda_l2)
}
