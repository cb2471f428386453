import { AdvantageError } from '../advantage-error'
import type { Matrix, Vector, VectorLike } from '../arrays'
import { checkNames, checkPositive } from '../check-options'
import { checkFinite, readMatrix, readVector, vectorLike } from '../rows'

/** Options of {@link optimalAdvantages}. */
export interface OptimalAdvantagesOptions {
  /** β₁ > 0: how closely the optimal policy stays to the reference policy, in units of reward. Default: 0.5, as in TRL. */
  beta?: number
}

/** β·log of the mean of exp(r/β), computed relative to the largest term so that none overflows. */
function softMean(rewards: Float64Array, beta: number): number {
  const most = rewards.reduce((high, reward) => Math.max(high, reward), Number.NEGATIVE_INFINITY)
  const sum = rewards.reduce((total, reward) => total + Math.exp((reward - most) / beta), 0)
  return most + beta * Math.log(sum / rewards.length)
}

/**
 * Optimal advantages (A*-PO): A = R − V* with V* = β₁·log mean exp(r/β₁) over responses of the reference policy to the
 * same prompt, the value of the optimal policy under a KL penalty. One response of the policy for each prompt is enough.
 *
 * Source: 2505.20686. Proven against TRL 1.16.0 (`a2po_trainer.py`).
 *
 * @param rewards `[B]`, of the policy's responses.
 * @param referenceRewards `[B, N]`, a row for each of them: rewards r of the reference policy's responses, one or more.
 * @returns `[B]`, in the form of `rewards`.
 * @throws AdvantageError `TOO_FEW` for a prompt without responses of the reference policy; `SHAPE_MISMATCH`,
 *   `MISSING_INPUT`, `NOT_FINITE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function optimalAdvantages<V extends Vector>(
  rewards: V,
  referenceRewards: Matrix,
  options: OptimalAdvantagesOptions = {},
): VectorLike<V> {
  checkNames('optimalAdvantages', options, { beta: true })
  const { beta = 0.5 } = options
  checkPositive('beta', beta)
  const { data, starts } = readMatrix('referenceRewards', referenceRewards)
  checkFinite('referenceRewards', data, { starts })
  const read = readVector('rewards', rewards, starts.length - 1)
  checkFinite('rewards', read)
  const result = read.map((reward, row) => {
    const ofReference = data.subarray(starts[row], starts[row + 1])
    if (ofReference.length > 0) return reward - softMean(ofReference, beta)
    const message = `referenceRewards[${row}] is empty; expected at least one reward`
    throw new AdvantageError('TOO_FEW', `referenceRewards[${row}]`, message)
  })
  return vectorLike(rewards, result)
}
