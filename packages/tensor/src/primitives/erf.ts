import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { erfCode } from '../gpu/functions'
import { exp } from './exp'
import { mul } from './mul'
import { neg } from './neg'

export const erfPrimitive = unaryPrimitive({
  name: 'erf',
  compute: erfOf,
  vjp: (ct, x) => mul(ct, mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x))))),
  native: 'Erf',
  gpu: erfCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** The error function 2/√π ∫₀ˣ e^(−t²) dt, elementwise. */
export const erf = (x: TensorLike): Tensor => applyFloat(erfPrimitive, x)

/** Maclaurin series near 0, Lentz's continued fraction of erfc elsewhere; both converge to double precision. */
function erfOf(x: number): number {
  const a = Math.abs(x)
  if (a < 2) return erfSeries(x)
  if (a > 6) return Math.sign(x)
  return Math.sign(x) * (1 - erfcFraction(a))
}

function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

function erfcFraction(x: number): number {
  let fraction = 0
  for (let n = 120; n >= 1; n--) fraction = n / 2 / (x + fraction)
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction)
}
