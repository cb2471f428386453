import { add, asTensor, log, mul, randomUniform, sub, type Tensor } from '@prefkit/tensor'
import type { Initializer } from './initializers'

/** erf(2/√2): the share of a normal within two deviations. */
const within = 0.954499736103642

/** Giles (2012), "Approximating the erfinv function", single precision, the branch of w < 5; highest power first. */
const central = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  2.46640727e-1, 1.50140941,
]

/** The inverse of erf for |x| < 0.99, within 1e-6. */
function inverseErf(x: Tensor): Tensor {
  const w = sub(-2.5, log(sub(1, mul(x, x))))
  const [first, ...rest] = central.map((coefficient) => asTensor(coefficient)) as [Tensor, ...Tensor[]]
  return mul(
    x,
    rest.reduce((sum, coefficient) => add(mul(sum, w), coefficient), first),
  )
}

/**
 * A normal with this standard deviation (default 0.02) cut off at two deviations, as PyTorch's `trunc_normal_` with
 * its bounds at ±2σ. What is left has 0.88 of that deviation.
 */
export const truncatedNormal =
  (deviation = 0.02): Initializer =>
  (key, shape) => {
    const level = mul(within, sub(mul(2, randomUniform(key, shape)), 1))
    return mul(deviation * Math.SQRT2, inverseErf(level))
  }
