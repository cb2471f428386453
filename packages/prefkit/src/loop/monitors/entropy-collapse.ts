import { driftOf } from './drift'
import { eachStage } from './each-stage'
import type { Monitor } from './monitor'
import { numberOf, pointsOf } from './points'
import { type Judge, raiseAlerts, unknown } from './raise-alerts'
import { percent, short } from './words'

/** Options of {@link entropyCollapse}. */
export interface EntropyCollapseOptions {
  /** Names of the policy's entropy, the first that is logged. */
  readonly entropies: readonly string[]
  /** Names of rewards: only stages that log one are watched, as an imitation may well become sure. */
  readonly rewards: readonly string[]
  /** Steps that are averaged. Default: 10. */
  readonly window: number
  /** The part of the first entropy below which is worth a look. Default: 0.3. */
  readonly share: number
  /** The part of the first entropy below which is critical. Default: 0.1. */
  readonly critical: number
  /** Standard errors between first and last. Default: 5. */
  readonly errors: number
}

/** Defaults of {@link entropyCollapse}. */
export const entropyCollapseDefaults: EntropyCollapseOptions = {
  entropies: ['entropy', 'policy/entropy_avg', 'objective/entropy'],
  rewards: ['reward', 'objective/scores'],
  ...{ window: 10, share: 0.3, critical: 0.1, errors: 5 },
}

function judgeStage({ window, share, critical, errors }: EntropyCollapseOptions): Judge {
  const driftAt = driftOf(window)
  return ({ value, key }) => {
    const drift = driftAt(value)
    if (!drift) return unknown
    const { first, now, ratio } = drift
    if (!(now.mean < share * first.mean && drift.errors >= errors))
      return { isCalm: now.mean > ((1 + share) / 2) * first.mean }
    const message =
      `The policy has become sure of nearly everything: ${key} is ${short(now.mean)} nats ` +
      `over the last ${window} steps, ` +
      `${percent(ratio)} of the ${short(first.mean)} it began with. Responses to a prompt are nearly the ` +
      'same, so there is nothing to compare ' +
      'and nothing new is found. Lower the learningRate, draw at a higher temperature, clip less above ' +
      '(clip-higher), add an entropy ' +
      'bonus, or raise klWeight.'
    return { severity: now.mean < critical * first.mean ? 'critical' : 'warning', isCalm: false, message }
  }
}

/**
 * Entropy collapse: the mean entropy of the last 10 steps is below 0.3 of that of a stage's first 10, by 5 standard
 * errors of the difference (Welch); critical below 0.1. Stages that log no reward are not watched.
 *
 * Of a stationary entropy that scatters by 30 %, fewer than 1 of 100 runs of 300 steps have a false alarm, also where
 * the noise comes in waves (φ = 0.5). A fall to a tenth is told of after 8 steps, in 19 of 20 runs within 16. All is
 * well again when the mean is above 0.65 of the first for 10 steps.
 */
export const entropyCollapse: Monitor<EntropyCollapseOptions> = (given = {}) => {
  const options = { ...entropyCollapseDefaults, ...given }
  return eachStage(() => {
    const pointOf = pointsOf(options.entropies)
    const raise = raiseAlerts('entropy-collapse', options.window, judgeStage(options))
    return (record) => {
      const point = pointOf(record)
      const isRewarded = options.rewards.some((key) => numberOf(record, key) !== undefined)
      return point && isRewarded ? raise(point) : []
    }
  })
}
