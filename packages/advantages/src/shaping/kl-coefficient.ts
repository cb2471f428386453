import { checkNames, checkPositive, checkRange, choose } from '../check-options'

/** Leaves β as it is. */
export interface FixedKlController {
  /** `fixed`. */
  type: 'fixed'
}

/** Changes β so that the KL divergence approaches a target. */
export interface AdaptiveKlController {
  /** `adaptive`. */
  type: 'adaptive'
  /** The target of the KL divergence, above 0, in nats. */
  target: number
  /** The number of steps over which the coefficient may change by `errorClip`, above 0. */
  horizon: number
  /** The largest relative error that counts, above 0. Default: 0.2. */
  errorClip?: number
}

/** The controller of {@link nextKlCoefficient}. */
export type KlController = FixedKlController | AdaptiveKlController

/** The KL divergence since the last update. */
export interface KlObservation {
  /** The mean KL divergence to the reference policy, in nats; an estimate, which may be negative. */
  kl: number
  /** Number of responses, or of steps, that it was measured over, 0 or more. */
  steps: number
}

/**
 * The coefficient of the KL penalty (`klWeight` of {@link klPenalizedRewards}) for the next batch:
 * βʹ = β·(1 + clip(KL/target − 1, ±0.2)·steps/horizon), or β itself when fixed.
 *
 * TRL, verl and OpenRLHF share the formula; their targets differ: 6 nats a response with horizon 10,000 and β = 0.15 in
 * 1909.08593, 0.1 a token and β = 0.001 in verl. A horizon below `steps`·`errorClip` is refused, because it could change
 * the sign of β.
 *
 * Source: 1909.08593, section 2.2. Proven against verl 0.9.1 (`AdaptiveKLController`), OpenRLHF 0.11.2
 * (`AdaptiveKLController`).
 *
 * @param coefficient β ≥ 0.
 * @throws AdvantageError `OUT_OF_RANGE` for the coefficient and the observation, `INVALID_OPTION` for the controller.
 */
export function nextKlCoefficient(
  coefficient: number,
  observation: KlObservation,
  controller: KlController,
): number {
  checkRange('coefficient', coefficient, { low: 0 }, 'OUT_OF_RANGE')
  checkNames('nextKlCoefficient', observation, { kl: true, steps: true })
  checkRange('kl', observation.kl, {}, 'OUT_OF_RANGE')
  checkRange('steps', observation.steps, { low: 0 }, 'OUT_OF_RANGE')
  if (choose('controller.type', controller.type, { fixed: true, adaptive: false })) return coefficient
  return adapt(coefficient, observation, controller as AdaptiveKlController)
}

function adapt(coefficient: number, { kl, steps }: KlObservation, controller: AdaptiveKlController): number {
  checkNames('controller', controller, { type: true, target: true, horizon: true, errorClip: true })
  const { target, horizon, errorClip = 0.2 } = controller
  checkPositive('controller.target', target)
  checkPositive('controller.errorClip', errorClip)
  checkPositive('controller.horizon', horizon)
  checkRange('controller.horizon', horizon, { low: steps * errorClip })
  const error = Math.min(Math.max(kl / target - 1, -errorClip), errorClip)
  return coefficient * (1 + (error * steps) / horizon)
}
