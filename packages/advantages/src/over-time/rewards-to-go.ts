import { lambdaReturns } from './lambda-returns'
import {
  type MaskedTimeConvention,
  maskedTimePasses,
  readTrajectories,
  readUnmasked,
  type Steps,
  type Trajectories,
} from './trajectories'

/** Gₜ = rₜ + γ·Gₜ₊₁, backwards over the steps with mask 1; 0 where the mask is 0. */
export function rewardsToGo(
  steps: Steps,
  { gamma, timePasses }: { gamma: number; timePasses: boolean } = { gamma: 1, timePasses: false },
): Float64Array {
  // With λ = 1 the values are multiplied by 0.
  const values = new Float64Array(steps.rewards.length)
  return lambdaReturns(steps, values, { gamma, lambda: 1, timePasses })
}

/** The steps, with the end of an episode before each masked step, so that no return flows back from there. */
function cutBeforeMasked(steps: Steps, mask: Uint8Array): Steps {
  const { starts } = steps.rows
  const ends = steps.ends.slice()
  const endValues = new Float64Array(ends.length)
  endValues.set(steps.endValues)
  for (let row = 0; row < starts.length - 1; row++) {
    for (let i = starts[row]! + 1; i < starts[row + 1]!; i++) if (mask[i] === 0) ends[i - 1] = 1
  }
  return { ...steps, ends, endValues }
}

/** Reads trajectories, and computes their returns. Throws as {@link readTrajectories}. */
export function readReturns(
  trajectories: Trajectories,
  gamma: number,
  convention: MaskedTimeConvention,
): { rows: Steps['rows']; mask: Uint8Array; returns: Float64Array } {
  const how = { gamma, timePasses: maskedTimePasses[convention] }
  if (convention !== 'skyrl') {
    const steps = readTrajectories(trajectories)
    return { rows: steps.rows, mask: steps.mask, returns: rewardsToGo(steps, how) }
  }
  const { steps, mask } = readUnmasked(trajectories)
  return { rows: steps.rows, mask, returns: rewardsToGo(cutBeforeMasked(steps, mask), how) }
}
