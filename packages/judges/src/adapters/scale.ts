import { checkRange } from '../check-options'
import type { Judge, ScoringJudge } from '../judge'
import { JudgeError } from '../judge-error'

/** The ends of a judge's scale. */
export interface Scale {
  /** The worst score. */
  readonly min: number
  /** The best score, above `min`. */
  readonly max: number
}

/** The judge, where it scores; throws `INVALID_OPTION` where it does not, `OUT_OF_RANGE` unless min < max. */
export function scoringJudge(owner: string, judge: Judge, { min, max }: Scale): ScoringJudge {
  if (!('score' in judge)) {
    const message = `${owner}: scale is given, and the judge ${judge.name} does not score; expected a ScoringJudge`
    throw new JudgeError('INVALID_OPTION', 'scale', message)
  }
  checkRange('scale.min', min, Number.NEGATIVE_INFINITY)
  checkRange('scale.max', max, min)
  if (min === max) {
    const message = `${owner}: scale is from ${min} to ${max}; expected min < max`
    throw new JudgeError('OUT_OF_RANGE', 'scale', message)
  }
  return judge as ScoringJudge
}

/** Where a score lies on the scale, in [0, 1]; throws `OUT_OF_RANGE` outside it: nothing is cut off. */
export function shareOfScale(score: number, { min, max }: Scale): number {
  checkRange('score', score, min, max)
  return (score - min) / (max - min)
}
