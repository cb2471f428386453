import { add, mul, softplus, type Tensor } from '@prefkit/tensor'
import { logistic } from '../pair-loss'

/** −(1 − ε)·log σ(z) − ε·log σ(−z). */
export const smoothedLogistic = (z: Tensor, epsilon: number): Tensor =>
  epsilon === 0 ? logistic(z) : add(mul(1 - epsilon, logistic(z)), mul(epsilon, softplus(z)))
