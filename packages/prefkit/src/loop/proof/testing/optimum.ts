/** Probabilities in proportion to e^x. */
export function normalised(logits: readonly number[]): number[] {
  const most = Math.max(...logits)
  const weights = logits.map((each) => Math.exp(each - most))
  const sum = weights.reduce((total, each) => total + each, 0)
  return weights.map((each) => each / sum)
}

/** What maximises Σ π r − β·KL(π ‖ π_ref): π* ∝ π_ref e^(r/β). */
const reverse = (reference: readonly number[], rewards: readonly number[], beta: number): number[] =>
  normalised(reference.map((p, i) => Math.log(p) + rewards[i]! / beta))

/** What maximises Σ π r − β·KL(π_ref ‖ π): π* = β π_ref / (λ − r), with the one λ above all rewards for which it sums to 1. */
function forward(reference: readonly number[], rewards: readonly number[], beta: number): number[] {
  const at = (lambda: number) => reference.map((p, i) => (beta * p) / (lambda - rewards[i]!))
  const most = Math.max(...rewards)
  let [low, high] = [most, most + beta]
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    const sum = at(middle).reduce((total, each) => total + each, 0)
    if (sum > 1) low = middle
    else high = middle
  }
  return at(high)
}

/** What is best for a reward, held near a reference by a divergence. */
export const optima = { reverse, forward } as const

/** Half of Σ |p − q|: by how much the two may differ in the probability of anything. */
export const totalVariation = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, each, i) => sum + Math.abs(each - q[i]!), 0) / 2
