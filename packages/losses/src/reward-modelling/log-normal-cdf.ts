import { add, exp, less, log1p, minimum, mul, neg, sub, type Tensor, where } from '@prefkit/tensor'

/**
 * Chebyshev coefficients on t ∈ [0, 1] of log(erfc(z)·e^(z²)/t), t = 2/(2 + z), z ≥ 0, computed with 50 digits by
 * `tools/parity/losses_log_normal_cdf.py`; what is left out is below 3e-18.
 */
const coefficients = [
  -0.6513268598908547, 0.6419697923564902, 0.019476473204185836, -0.009561514786808632,
  -0.0009465953444820369, 0.00036683949785276145, 4.252332480690777e-5, -2.0278578112534242e-5,
  -1.6242900046470256e-6, 1.3036558355805232e-6, 1.5626441722066142e-8, -8.523809591492654e-8,
  6.5290544390988515e-9, 5.059343495551469e-9, -9.91364156493033e-10, -2.273651222931836e-10,
  9.646791102015527e-11, 2.3940380830391146e-12, -6.886027526497553e-12, 8.944879273090725e-13,
  3.130921399342958e-13, -1.1270822361367252e-13, 3.810905255189232e-16, 7.106097613609237e-15,
  -1.5230282014571043e-15, -9.457494571291233e-17, 1.210237189224279e-16, -2.816663087747177e-17,
]

/** Beyond, Φ(x) is 1 in double precision, and the square below must not overflow. */
const CERTAIN = 50

/** log Φ(x), the normal distribution function, elementwise: exact far out on both sides, with its gradient. */
export function logNormalCdf(x: Tensor): Tensor {
  const below = less(x, 0)
  const tail = logErfc(mul(Math.SQRT1_2, where(below, neg(x), minimum(x, CERTAIN))))
  return where(below, sub(tail, Math.LN2), log1p(mul(-0.5, exp(tail))))
}

/** log erfc(z) for z ≥ 0. The logarithm of t is a log1p, whose gradient stays a number where z is infinite. */
function logErfc(z: Tensor): Tensor {
  const logT = neg(log1p(mul(0.5, z)))
  return add(sub(logT, mul(z, z)), chebyshev(sub(mul(2, exp(logT)), 1)))
}

/** Clenshaw's recurrence. */
function chebyshev(y: Tensor): Tensor {
  const twice = mul(2, y)
  let [next, afterNext]: [Tensor | number, Tensor | number] = [0, 0]
  for (const coefficient of coefficients.slice(1).reverse()) {
    ;[next, afterNext] = [add(sub(mul(twice, next), afterNext), coefficient), next]
  }
  return add(sub(mul(y, next), afterNext), coefficients[0]!)
}
