/** log(1 + x) for 0 ≤ x ≤ 1; log is twice as fast as log1p, and as good where x is not small. */
export const logOneMore = (x: number): number => (x < 1e-3 ? Math.log1p(x) : Math.log(1 + x))

/** log(1 + eˣ) = −log σ(−x), without overflow. */
export const softplus = (x: number): number => Math.max(x, 0) + logOneMore(Math.exp(-Math.abs(x)))
