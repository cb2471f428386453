import type { Steps } from './trajectories'

/**
 * Gₜ = rₜ + γ·[(1 − λ)·V′ + λ·Gₜ₊₁], backwards over the steps with mask 1, V′ being the value of the state after the
 * step; 0 where the mask is 0.
 */
export function lambdaReturns(
  steps: Steps,
  values: Float64Array,
  { gamma, lambda, timePasses }: { gamma: number; lambda: number; timePasses: boolean },
): Float64Array {
  const { rewards, mask, ends, endValues, bootstrapValues } = steps
  const { starts } = steps.rows
  const result = new Float64Array(rewards.length)
  for (let row = 0; row < starts.length - 1; row++) {
    let nextValue = bootstrapValues[row]!
    let nextReturn = nextValue
    for (let i = starts[row + 1]! - 1; i >= starts[row]!; i--) {
      if (mask[i] === 1) {
        const after = ends[i] === 1 ? endValues[i]! : nextValue
        const later = ends[i] === 1 ? after : nextReturn
        nextReturn = rewards[i]! + gamma * ((1 - lambda) * after + lambda * later)
        nextValue = values[i]!
        result[i] = nextReturn
      } else if (timePasses) {
        nextReturn = gamma * ((1 - lambda) * nextValue + lambda * nextReturn)
        nextValue = 0
      }
    }
  }
  return result
}
