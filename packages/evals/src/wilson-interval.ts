import { checkConfidence, formatValue } from './check-input'
import { EvalsError } from './evals-error'
import { normalQuantile } from './normal-quantile'

/** A confidence interval: `low` ≤ `high`, in the units of what it bounds. */
export interface Interval {
  low: number
  high: number
  /** Coverage aimed at, such as 0.95. */
  confidence: number
}

/**
 * Wilson score interval of a proportion, without continuity correction.
 *
 * Centre (k + z²/2) / (n + z²), half-width z/(n + z²) · √(k(n − k)/n + z²/4). It stays inside [0, 1] and keeps
 * its coverage near 0 and 1, where the textbook p ± z·s.e. does not. Wilson (1927), JASA 22(158). It takes the
 * trials as independent; for several comparisons a prompt use {@link bootstrapInterval} over prompts.
 *
 * @param successes 0 ≤ successes ≤ trials; may be fractional (ties counted half)
 * @param trials positive
 * @param confidence between 0 and 1, default 0.95
 * @throws EvalsError `EMPTY` for no trials, `OUT_OF_RANGE` for successes or confidence outside their range
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): Interval {
  checkConfidence(confidence)
  if (trials === 0) throw new EvalsError('EMPTY', 'trials', 'trials is 0; expected one or more')
  const areNumbers = [successes, trials].every(Number.isFinite)
  if (!areNumbers) {
    const [parameter, value] = Number.isFinite(successes)
      ? (['trials', trials] as const)
      : (['successes', successes] as const)
    const message = `${parameter} is ${formatValue(value)}; expected a finite number`
    throw new EvalsError('OUT_OF_RANGE', parameter, message)
  }
  if (!(trials > 0 && successes >= 0 && successes <= trials)) {
    const message = `successes is ${formatValue(successes)} of ${formatValue(trials)} trials; expected 0 ≤ successes ≤ trials`
    throw new EvalsError('OUT_OF_RANGE', 'successes', message)
  }
  const z = normalQuantile((1 + confidence) / 2)
  const centre = (successes + (z * z) / 2) / (trials + z * z)
  const half = (z / (trials + z * z)) * Math.sqrt((successes * (trials - successes)) / trials + (z * z) / 4)
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
    confidence,
  }
}
