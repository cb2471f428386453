import { mul, neg, reduceSum } from '@prefkit/tensor'
import type { LossFunction } from './loss'

/**
 * Tinker's `cross_entropy`: Σ −ln p · weight, with `weights` of each datum's inputs. With weights = −∂L/∂ln p its gradient is
 * that of any loss L on log-probabilities.
 */
export const crossEntropy: LossFunction = ({ logProbs, inputs }) => ({
  loss: neg(reduceSum(mul(logProbs, inputs.weights!))),
})
