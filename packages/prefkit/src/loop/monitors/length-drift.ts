import { driftOf } from './drift'
import { eachStage } from './each-stage'
import { lastOf } from './last-of'
import type { Monitor } from './monitor'
import { numberOf } from './points'
import { type Judge, unknown, watchPoints } from './raise-alerts'
import { summarise } from './statistics'
import { percent, short, times } from './words'

/** Options of {@link lengthDrift}. */
export interface LengthDriftOptions {
  /** Names of the mean length of responses, the first that is logged. */
  readonly lengths: readonly string[]
  /** Name of the share of responses that were cut off. */
  readonly clipped: string
  /** Steps that are averaged. Default: 10. */
  readonly window: number
  /**
   * How many times as long, or as short, is worth a look. Default: 1.5: judges prefer texts that much longer for
   * their length alone.
   */
  readonly factor: number
  /** How many times as long, or as short, is critical. Default: 2.5. */
  readonly critical: number
  /** Standard errors between first and last. Default: 5. */
  readonly errors: number
}

/** Defaults of {@link lengthDrift}. */
export const lengthDriftDefaults: LengthDriftOptions = {
  ...{ lengths: ['completions/mean_length'], clipped: 'completions/clipped_ratio' },
  ...{ window: 10, factor: 1.5, critical: 2.5, errors: 5 },
}

const why = {
  longer:
    'Rewards often pay for length itself, and then nothing else is learnt. Compare rewards of long and ' +
    'short samples, add a length penalty or ' +
    'a length-controlled reward, or shorten maxNewTokens.',
  shorter:
    'Short answers lose what was asked for, and there is little left to compare. See whether the reward ' +
    'punishes length, whether ' +
    'responses end at once, and whether a length penalty is too strong.',
}

function judgeStage({ window, factor, critical, errors, clipped }: LengthDriftOptions): Judge {
  const driftAt = driftOf(window)
  const lastShares = lastOf<number | undefined>(window)
  return ({ value, record }) => {
    const drift = driftAt(value)
    const shares = lastShares(numberOf(record, clipped)).filter((share) => share !== undefined)
    if (!drift) return unknown
    const { first, now, ratio } = drift
    const change = Math.max(ratio, 1 / ratio)
    if (!(change >= factor && drift.errors >= errors)) return { isCalm: change < Math.sqrt(factor) }
    const cut = shares.length > 0 ? ` ${percent(summarise(shares).mean)} of them are cut off.` : ''
    const isLonger = ratio > 1
    const message =
      `Responses have become ${isLonger ? 'longer' : 'shorter'}: ${short(now.mean)} tokens over the last ` +
      `${window} steps, ` +
      `${short(first.mean)} over the first ` +
      `(${isLonger ? times(ratio) : percent(ratio)}${isLonger ? ' as long' : ' of the length'}).${cut} ` +
      why[isLonger ? 'longer' : 'shorter']
    return { severity: change >= critical ? 'critical' : 'warning', isCalm: false, message }
  }
}

/**
 * Length drift: the mean length of the last 10 steps is 1.5 times that of a stage's first 10, or less than its 1.5th
 * part, and 5 standard errors of the difference (Welch) from it; critical at 2.5 times.
 *
 * Of stationary lengths whose step means scatter by 30 %, fewer than 1 of 100 runs of 300 steps have a false alarm,
 * 13 where the noise comes in waves (φ = 0.5). A length that doubles is told of after 8 steps, in 19 of 20 runs
 * within 25; one that halves within 35. All is well again when the lengths are within √1.5 of the first for 10 steps.
 */
export const lengthDrift: Monitor<LengthDriftOptions> = (given = {}) => {
  const options = { ...lengthDriftDefaults, ...given }
  const points = { keys: options.lengths, calmPoints: options.window }
  return eachStage(() => watchPoints('length-drift', points, judgeStage(options)))
}
