import type { Statistic } from '../benchmarks/shared/estimate'
import { drawGroups, type Term } from './draw-groups'
import { checkRecords, type JudgeRecord } from './judge-record'
import { type JudgeQualityOptions, type JudgeQualitySettings, judgeSettings, tieCredit } from './options'

/** What {@link positionBias} found; intervals draw groups. */
export interface PositionBias {
  /** Share of votes for the better response where it was shown first. */
  readonly front: Statistic
  /** The same where it was shown second. */
  readonly back: Statistic
  /** `front` less `back`: above 0 the judge likes what it sees first. */
  readonly gap: Statistic
  /**
   * Share of votes for the response shown first, of those for either; ½ without bias if every pair is asked
   * in both orders.
   */
  readonly firstChosen: Statistic
  /** Votes on pairs of which one response is labelled the better, shown first and second. */
  readonly votes: { readonly front: number; readonly back: number }
}

/** Correct and all in front, correct and all in the back, for the first, for either. */
function numbersOf({ first, verdict, label }: JudgeRecord, tie: number): number[] {
  const decided = verdict === 'a' || verdict === 'b'
  const numbers = [0, 0, 0, 0, Number(verdict === first), Number(decided)]
  const credit = decided ? Number(verdict === label) : tie
  const isLabelled = label === 'a' || label === 'b'
  if (!isLabelled || verdict === 'abstained' || Number.isNaN(credit)) return numbers
  const at = label === first ? 0 : 2
  numbers[at] = credit
  numbers[at + 1] = 1
  return numbers
}

/** {@link positionBias} of records that are checked. */
export function positionBiasOf(
  records: readonly JudgeRecord[],
  settings: JudgeQualitySettings,
): PositionBias {
  const tie = tieCredit(settings.ties)
  const terms = records.map((about): Term => ({ about, numbers: numbersOf(about, tie) }))
  const ofSums = ([frontRight, frontAll, backRight, backAll, first, decided]: readonly number[]) => {
    const [front, back] = [frontRight! / frontAll!, backRight! / backAll!]
    return [front, back, front - back, first! / decided!]
  }
  const [front, back, gap, firstChosen] = drawGroups(terms, 6, ofSums, settings)
  const count = (at: number) => terms.reduce((sum, { numbers }) => sum + numbers[at]!, 0)
  return {
    front: front!,
    back: back!,
    gap: gap!,
    firstChosen: firstChosen!,
    votes: { front: count(1), back: count(3) },
  }
}

/**
 * Front and back accuracy of a judge, and their gap (2504.04950): how much better it does where the better response is
 * shown first. Abstentions are left out.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `INVALID_OUTCOME`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function positionBias(
  records: readonly JudgeRecord[],
  options: JudgeQualityOptions = {},
): PositionBias {
  const settings = judgeSettings('positionBias', options)
  checkRecords(records)
  return positionBiasOf(records, settings)
}
