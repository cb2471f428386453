/**
 * σ(margin) = 1 / (1 + e^−margin): the Bradley-Terry probability that the first response wins, from the
 * difference of rewards. Never overflows; 0.5 at 0.
 */
export function winProbability(margin: number): number {
  const small = Math.exp(-Math.abs(margin))
  return margin >= 0 ? 1 / (1 + small) : small / (1 + small)
}

/** −log σ(margin) in nats, exact for large |margin|: the Bradley-Terry loss of one comparison. */
export function comparisonLogLoss(margin: number): number {
  return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)))
}
