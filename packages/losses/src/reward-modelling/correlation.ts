import {
  abs,
  div,
  greater,
  mean,
  mul,
  reduceMax,
  reduceMin,
  reduceSum,
  sqrt,
  stopGradient,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'

/**
 * Pearson's correlation of two vectors `[N]`, a scalar in [−1, 1]; 0, with gradient 0, where one of them is constant.
 */
export const correlation = (x: Tensor, y: Tensor): Tensor => reduceSum(mul(unit(x), unit(y)))

/**
 * x less its mean, over its norm. Neither a shift nor a scale changes that, nor its gradient, so two that are held
 * constant keep rounding and overflow away: the least number goes first, which leaves exact zeros of a constant x,
 * and the largest is made 1.
 */
function unit(x: Tensor): Tensor {
  const shifted = sub(x, stopGradient(reduceMin(x)))
  const centred = sub(shifted, mean(shifted))
  const scaled = div(centred, orOne(stopGradient(reduceMax(abs(centred)))))
  return div(scaled, sqrt(orOne(reduceSum(mul(scaled, scaled)))))
}

/** x, or 1 where it is 0. */
const orOne = (x: Tensor): Tensor => where(greater(x, 0), x, 1)
