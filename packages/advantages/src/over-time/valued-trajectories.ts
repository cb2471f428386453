import type { Matrix } from '../arrays'
import { checkNames, checkShare } from '../check-options'
import { conventionOf } from '../conventions'
import { checkFinite, readMatrixLike } from '../rows'
import {
  type MaskedTimeConvention,
  maskedTimePasses,
  readTrajectories,
  readUnmasked,
  type Trajectories,
  trajectoryNames,
} from './trajectories'

/** Options of {@link generalizedAdvantageEstimation} and {@link tdLambdaReturns}. */
export interface GaeOptions {
  /** γ in [0, 1]: the discount of a reward one step later. Default: 1. */
  gamma?: number
  /** λ in [0, 1]: 0 relies on the values after one step, 1 on the rewards up to the end. Default: 0.95. */
  lambda?: number
  /** How masked steps are treated. Default: `verl`. */
  convention?: MaskedTimeConvention
}

/** {@link Trajectories} with the values of their states. */
export interface ValuedTrajectories<M extends Matrix = Matrix> extends Trajectories<M> {
  /** V, `[B, T]`: the value of the state before each step. */
  values: Matrix
}

/** Reads trajectories with values, and the options. Throws as {@link generalizedAdvantageEstimation}. */
export function readValued(
  owner: 'generalizedAdvantageEstimation' | 'tdLambdaReturns',
  trajectories: ValuedTrajectories,
  options: GaeOptions,
) {
  checkNames(owner, trajectories, { ...trajectoryNames, values: true })
  checkNames(owner, options, { gamma: true, lambda: true, convention: true })
  const convention = conventionOf(owner, options)
  const { gamma = 1, lambda = 0.95 } = options
  checkShare('gamma', gamma)
  checkShare('lambda', lambda)
  const { values: given, ...input } = trajectories
  const steps = convention === 'skyrl' ? readUnmasked(input).steps : readTrajectories(input)
  const values = readMatrixLike('values', given, steps.rows)
  checkFinite('values', values, { where: steps.mask, starts: steps.rows.starts })
  return { steps, values, gamma, lambda, timePasses: maskedTimePasses[convention] }
}
