import { checkNames, checkPositive, checkRange, choose } from '../check-options'

/** Leaves β as it is. */
export interface FixedKlController {
  /** `fixed`. */
  type: 'fixed'
}

/** Moves β so that the KL divergence nears a target. */
export interface AdaptiveKlController {
  /** `adaptive`. */
  type: 'adaptive'
  /** The KL divergence aimed at, above 0, in nats. */
  target: number
  /** Over how many steps the coefficient may change by `errorClip`, above 0. */
  horizon: number
  /** The largest relative error that counts, above 0. Default: 0.2. */
  errorClip?: number
}

/** What {@link nextKlCoefficient} is to do. */
export type KlController = FixedKlController | AdaptiveKlController

/** What was seen since the last update. */
export interface KlObservation {
  /** The mean KL divergence to the reference policy, in nats; an estimate, which may be negative. */
  kl: number
  /** Number of responses, or of steps, that it was measured over, 0 or more. */
  steps: number
}

/**
 * The coefficient of the KL penalty for the next batch: βʹ = β·(1 + clip(KL/target − 1, ±0.2)·steps/horizon), or β
 * itself when fixed.
 *
 * TRL, verl and OpenRLHF share the formula; their targets differ: 6 nats a response with horizon 10,000 and β = 0.15 in
 * 1909.08593, 0.1 a token and β = 0.001 in verl. A horizon below `steps`·`errorClip` could turn the sign of β; that is
 * refused.
 *
 * Source: 1909.08593, section 2.2. Proven against verl 0.9.1 (`AdaptiveKLController`), OpenRLHF 0.11.2
 * (`AdaptiveKLController`).
 *
 * @param coefficient β ≥ 0.
 * @throws AdvantageError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function nextKlCoefficient(
  coefficient: number,
  observation: KlObservation,
  controller: KlController,
): number {
  checkRange('coefficient', coefficient, 0)
  checkNames('nextKlCoefficient', observation, { kl: true, steps: true })
  checkRange('kl', observation.kl, Number.NEGATIVE_INFINITY)
  checkRange('steps', observation.steps, 0)
  if (choose('controller.type', controller.type, { fixed: true, adaptive: false })) return coefficient
  return adapt(coefficient, observation, controller as AdaptiveKlController)
}

function adapt(coefficient: number, { kl, steps }: KlObservation, controller: AdaptiveKlController): number {
  checkNames('controller', controller, { type: true, target: true, horizon: true, errorClip: true })
  const { target, horizon, errorClip = 0.2 } = controller
  checkPositive('controller.target', target)
  checkPositive('controller.errorClip', errorClip)
  checkRange('controller.horizon', horizon, Math.max(Number.MIN_VALUE, steps * errorClip))
  const error = Math.min(Math.max(kl / target - 1, -errorClip), errorClip)
  return coefficient * (1 + (error * steps) / horizon)
}
