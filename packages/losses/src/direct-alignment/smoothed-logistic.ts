import { add, mul, neg, softplus, type Tensor } from '@prefkit/tensor'

/** −log σ(z). */
export const logistic = (z: Tensor): Tensor => softplus(neg(z))

/** −(1 − ε)·log σ(z) − ε·log σ(−z). */
export const smoothedLogistic = (z: Tensor, epsilon: number): Tensor =>
  epsilon === 0 ? logistic(z) : add(mul(1 - epsilon, logistic(z)), mul(epsilon, softplus(z)))
