import { add, expm1, logSigmoid, minimum, mul, neg, type Tensor } from '@prefkit/tensor'

/** The divergence from the reference policy that is penalised; it decides how a log-ratio becomes a score. */
export type FDivergence = 'reverse-kl' | 'forward-kl' | 'js' | 'alpha'

/** TRL's bound on the exponent of `alpha`. */
const LARGEST_EXPONENT = 80

/**
 * f′(t) of the log-ratio x = log t (2309.16240, table 1): the score that replaces x.
 * `reverse-kl`: x; `forward-kl`: 1 − e^(−x); `js`: log 2 + log σ(x); `alpha`: (e^((α−1)x) − 1)/(α − 1), the exponent at
 * most 80, with α → 1 the reverse KL.
 */
export const fDivergenceScores: Record<FDivergence, (x: Tensor, alpha: number) => Tensor> = {
  'reverse-kl': (x) => x,
  'forward-kl': (x) => neg(expm1(neg(x))),
  js: (x) => add(Math.LN2, logSigmoid(x)),
  alpha: (x, alpha) =>
    Math.abs(alpha - 1) < 1e-6
      ? x
      : mul(1 / (alpha - 1), expm1(minimum(mul(alpha - 1, x), LARGEST_EXPONENT))),
}
