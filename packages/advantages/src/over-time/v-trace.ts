import { AdvantageError } from '../advantage-error'
import type { Matrix, MatrixLike } from '../arrays'
import { checkNames, checkPositive, checkShare } from '../check-options'
import { checkFinite, matrixLike, readMatrixLike } from '../rows'
import { readTrajectories, type Steps, trajectoryNames } from './trajectories'
import type { ValuedTrajectories } from './valued-trajectories'

/** Inputs of {@link vTrace}. */
export interface VTraceInput<M extends Matrix = Matrix> extends ValuedTrajectories<M> {
  /** log ρ = log π − log μ, `[B, T]`: of each step, π being the policy that learns and μ the one that acted. */
  logRatios: Matrix
}

/** Options of {@link vTrace}. */
export interface VTraceOptions {
  /** γ in [0, 1]: the discount of a reward one step later. Default: 1. */
  gamma?: number
  /** λ in [0, 1]: scales the traces c = λ·min(1, ρ). Default: 1. */
  lambda?: number
  /** ρ̄ > 0: the largest ratio in the errors; Infinity does not bound them. Default: 1. */
  rhoClip?: number
  /** ρ̄_a > 0: the largest ratio in the advantages; Infinity does not bound them. Default: 1. */
  advantageRhoClip?: number
}

/** The results of {@link vTrace}, each `[B, T]` and 0 where the mask is 0. */
export interface VTrace<M extends Matrix> {
  /** v_s, the targets of the value model. */
  targets: MatrixLike<M>
  /** min(ρ̄_a, ρ)·(Q − V), for the policy gradient. */
  advantages: MatrixLike<M>
}

const isRatio = (value: number) => value > 0 || value === Number.POSITIVE_INFINITY

function checkClip(parameter: string, value: number): void {
  if (typeof value === 'number' && isRatio(value)) return
  checkPositive(parameter, value)
}

interface Numbers {
  readonly values: Float64Array
  readonly ratios: Float64Array
  readonly gamma: number
  readonly lambda: number
  readonly rhoClip: number
  readonly advantageRhoClip: number
}

function trace(steps: Steps, numbers: Numbers): { targets: Float64Array; advantages: Float64Array } {
  const { rewards, mask, ends, endValues, bootstrapValues } = steps
  const { values, ratios, gamma, lambda, rhoClip, advantageRhoClip } = numbers
  const { starts } = steps.rows
  const targets = new Float64Array(rewards.length)
  const advantages = new Float64Array(rewards.length)
  for (let row = 0; row < starts.length - 1; row++) {
    let nextValue = bootstrapValues[row]!
    let nextError = 0
    for (let i = starts[row + 1]! - 1; i >= starts[row]!; i--) {
      if (mask[i] === 0) continue
      const after = ends[i] === 1 ? endValues[i]! : nextValue
      const later = ends[i] === 1 ? 0 : nextError
      const oneStep = rewards[i]! + gamma * after - values[i]!
      const error = Math.min(rhoClip, ratios[i]!) * oneStep
      advantages[i] = Math.min(advantageRhoClip, ratios[i]!) * (oneStep + gamma * lambda * later)
      nextError = error + gamma * lambda * Math.min(1, ratios[i]!) * later
      nextValue = values[i]!
      targets[i] = values[i]! + nextError
    }
  }
  return { targets, advantages }
}

/**
 * V-trace, for trajectories of another policy: v_s = V + δ + γ·c·(v_{s+1} − V′) with δ = min(ρ̄, ρ)·(r + γ·V′ − V) and
 * c = λ·min(1, ρ); advantages min(ρ̄_a, ρ)·(r + γ·[V′ + λ·(v_{s+1} − V′)] − V).
 *
 * V′, the ends of episodes and masked steps, which are skipped, are as in {@link generalizedAdvantageEstimation}.
 * With ρ = 1 the targets are those of {@link tdLambdaReturns}, and with no clipping and λ = 1 those of importance
 * sampling. log ρ = −∞ is a ratio of 0: nothing is learnt from that step. A ratio too large for double precision counts as
 * infinite, and the clips bound it.
 *
 * Source: 1802.01561, equation 1. Proven against rlax 0.1.9 (`vtrace_td_error_and_advantage`).
 *
 * @returns `targets` and `advantages`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function vTrace<M extends Matrix>(input: VTraceInput<M>, options: VTraceOptions = {}): VTrace<M> {
  checkNames('vTrace', input, { ...trajectoryNames, values: true, logRatios: true })
  checkNames('vTrace', options, { gamma: true, lambda: true, rhoClip: true, advantageRhoClip: true })
  const { gamma = 1, lambda = 1, rhoClip = 1, advantageRhoClip = 1 } = options
  checkShare('gamma', gamma)
  checkShare('lambda', lambda)
  checkClip('rhoClip', rhoClip)
  checkClip('advantageRhoClip', advantageRhoClip)
  const steps = readTrajectories(input)
  const { rows, mask } = steps
  const values = readMatrixLike('values', input.values, rows)
  checkFinite('values', values, { where: mask, starts: rows.starts })
  const logRatios = readMatrixLike('logRatios', input.logRatios, rows)
  const at = logRatios.findIndex((x, i) => mask[i] === 1 && Number.isNaN(x))
  if (at !== -1) {
    const message = `logRatios is NaN at number ${at}; expected a log-ratio, which may be infinite`
    throw new AdvantageError('NOT_FINITE', 'logRatios', message)
  }
  const numbers = { values, ratios: logRatios.map(Math.exp), gamma, lambda, rhoClip, advantageRhoClip }
  const { targets, advantages } = trace(steps, numbers)
  return {
    targets: matrixLike(input.rewards, targets, rows),
    advantages: matrixLike(input.rewards, advantages, rows),
  }
}
