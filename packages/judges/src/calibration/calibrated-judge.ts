import { checkArguments } from '../check-arguments'
import { checkOptions, checkRange, type OptionNames } from '../check-options'
import type { Judge, PairJudgement, ProbabilityBounds } from '../judge'
import { JudgeError } from '../judge-error'
import { verdictOf } from '../judging/combine-orders'
import { type WrappedJudge, wrapJudge } from '../judging/wrap-judge'
import {
  type Calibrate,
  type Calibration,
  calibrationFunction,
  readCalibration,
  symmetric,
} from './calibration'

/** Options of {@link calibratedJudge}. */
export interface CalibratedJudgeOptions {
  /** Names the judge in reports. Default: the judge's name and `calibrated`. */
  readonly name?: string
  /**
   * What tells the results from those of other calibrations, plain JSON. Default: the calibration; a function needs one.
   */
  readonly identity?: unknown
  /** Calibrated win probabilities this close to ½ are ties, in [0, 0.5]. Default: 0. */
  readonly tieMargin?: number
}

const names: OptionNames<CalibratedJudgeOptions> = { name: true, identity: true, tieMargin: true }

function checkProbability(probability: number, from: number): number {
  if (probability >= 0 && probability <= 1) return probability
  const message = `calibrate gave ${probability} for ${from}; expected a number from 0 to 1`
  throw new JudgeError('OUT_OF_RANGE', 'calibrate', message)
}

/** A function that falls somewhere may give the ends in the other order. */
function calibrateBounds({ low, high }: ProbabilityBounds, calibrate: Calibrate): ProbabilityBounds {
  const ends = [calibrate(low), calibrate(high)] as const
  return { low: Math.min(...ends), high: Math.max(...ends) }
}

function calibrateJudgement<J extends PairJudgement>(
  judgement: J,
  calibrate: Calibrate,
  tieMargin: number,
): J {
  const { winProbability, bounds, verdict } = judgement
  if (winProbability === undefined) return judgement
  const calibrated = calibrate(winProbability)
  return {
    ...judgement,
    verdict: verdict === 'abstained' ? verdict : verdictOf(calibrated, tieMargin),
    winProbability: calibrated,
    ...(bounds ? { bounds: calibrateBounds(bounds, calibrate) } : {}),
  }
}

/** What tells the calibration from others: of a function nothing does, and a journal would take one for another. */
function identityOf(calibrate: Calibrate | Calibration, identity: unknown): unknown {
  if (identity !== undefined || typeof calibrate !== 'function') return identity ?? calibrate
  const message =
    'calibratedJudge: identity is undefined; expected plain JSON that tells this function from others'
  throw new JudgeError('INVALID_OPTION', 'identity', message)
}

/**
 * A judge whose win probabilities are calibrated, alike for a and b: ½ [f(p) + 1 − f(1 − p)]. Readings stay as they
 * were read, what was abstained stays so, and so do scores and rankings, where the judge has them.
 *
 * @param calibrate a fitted calibration, or a function from [0, 1] to [0, 1]
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`, `INVALID_INPUT`; `OUT_OF_RANGE` (from `compare`) where the
 *   function gives no probability.
 */
export function calibratedJudge<J extends Judge>(
  judge: J,
  calibrate: Calibration,
  options?: CalibratedJudgeOptions,
): WrappedJudge<J>
export function calibratedJudge<J extends Judge>(
  judge: J,
  calibrate: Calibrate | Calibration,
  options: CalibratedJudgeOptions & Required<Pick<CalibratedJudgeOptions, 'identity'>>,
): WrappedJudge<J>
export function calibratedJudge<J extends Judge>(
  judge: J,
  calibrate: Calibrate | Calibration,
  options: CalibratedJudgeOptions = {},
): WrappedJudge<J> {
  checkArguments({ judge })
  checkOptions('calibratedJudge', options, names)
  const { tieMargin = 0, name = `${judge.name}, calibrated` } = options
  checkRange('tieMargin', tieMargin, 0, 0.5)
  const isFunction = typeof calibrate === 'function'
  const fitted = isFunction
    ? symmetric((p) => checkProbability(calibrate(p), p))
    : calibrationFunction(readCalibration(calibrate))
  const calibration = identityOf(calibrate, options.identity)
  return wrapJudge(judge, {
    name,
    identity: { judge: 'calibrated', of: judge.identity, calibration, tieMargin },
    compare: async (pair, call) => calibrateJudgement(await judge.compare(pair, call), fitted, tieMargin),
  })
}
