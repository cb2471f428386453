import { brierScore } from '../brier-score'
import { type LengthBias, lengthBias } from '../length-bias'
import { type Reliability, reliability } from '../reliability'
import { consistencyOf, type JudgeConsistency } from './consistency'
import { checkRecords, type JudgeRecord } from './judge-record'
import { type LabelAgreement, labelAgreementOf } from './label-agreement'
import { type Opinion, opinionsOf } from './opinions'
import { type JudgeQualityOptions, type JudgeQualitySettings, judgeSettings } from './options'
import { type PositionBias, positionBiasOf } from './position-bias'
import { type RiskCoverage, riskCoverage } from './risk-coverage'

/** Whether a judge's probabilities are honest. */
export interface JudgeCalibration extends Reliability {
  /** Mean squared distance of P(a is better) from what the label says. */
  readonly brier: number
}

/** What {@link judgeQuality} says of a judge; plain JSON. Parts that the records say nothing about are null. */
export interface JudgeQuality {
  readonly position: PositionBias
  readonly consistency: JudgeConsistency
  /** Null without labels. */
  readonly labels: LabelAgreement | null
  /**
   * Of opinions on pairs labelled a or b, by how far their probability is from ½; a tie loses ½. Null without
   * any.
   */
  readonly riskCoverage: RiskCoverage | null
  /** Of the same opinions; null where no vote came with a probability. */
  readonly calibration: JudgeCalibration | null
  /** Of the same opinions, the margin being P(the better one wins) less P(the other does); null without lengths. */
  readonly length: LengthBias | null
  readonly counts: {
    readonly records: number
    readonly pairs: number
    /** Records that abstain. */
    readonly abstained: number
    /** Records that are ties. */
    readonly ties: number
  }
  readonly settings: JudgeQualitySettings
}

/** An opinion on a pair of which one response is labelled the better. */
type Decided = Opinion & { readonly winProbability: number }

const isDecided = (opinion: Opinion): opinion is Decided =>
  opinion.winProbability !== undefined && (opinion.about.label === 'a' || opinion.about.label === 'b')

/** P(the better one wins). */
const forLabel = ({ about, winProbability }: Decided) =>
  about.label === 'a' ? winProbability : 1 - winProbability

const rightness = (opinion: Decided) => (Math.sign(forLabel(opinion) - 0.5) + 1) / 2

function riskOf(opinions: readonly Opinion[], decided: readonly Decided[]): RiskCoverage | null {
  if (decided.length === 0) return null
  const items = opinions.filter(({ about }) => about.label === 'a' || about.label === 'b').length
  const certainties = decided.map(({ winProbability }) => 2 * Math.abs(winProbability - 0.5))
  return riskCoverage(
    certainties,
    decided.map((opinion) => 1 - rightness(opinion)),
    items,
  )
}

function calibrationOf(decided: readonly Decided[]): JudgeCalibration | null {
  if (!decided.some(({ hasProbability }) => hasProbability)) return null
  const sureness = decided.map(({ winProbability }) => Math.max(winProbability, 1 - winProbability))
  return {
    ...reliability(sureness, decided.map(rightness), { range: [0.5, 1] }),
    brier: brierScore(
      decided.map(({ winProbability }) => winProbability),
      decided.map(({ about }) => Number(about.label === 'a')),
    ),
  }
}

function lengthOf(decided: readonly Decided[]): LengthBias | null {
  const measured = decided.filter(({ about }) => about.lengthA !== undefined && about.lengthB !== undefined)
  if (measured.length === 0) return null
  const [chosenLengths, rejectedLengths] = [0, 1].map((side) =>
    measured.map(({ about: { label, lengthA, lengthB } }) =>
      (label === 'a') === (side === 0) ? lengthA! : lengthB!,
    ),
  ) as [number[], number[]]
  const chosenScores = measured.map(forLabel)
  return lengthBias({
    chosenScores,
    rejectedScores: chosenScores.map((p) => 1 - p),
    chosenLengths,
    rejectedLengths,
  })
}

/**
 * All that the records of a judge say of it: its liking for a place, its consistency, its agreement with labels,
 * what it risks, whether its probabilities are honest and whether it follows length.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `INVALID_OUTCOME`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function judgeQuality(
  records: readonly JudgeRecord[],
  options: JudgeQualityOptions = {},
): JudgeQuality {
  const settings = judgeSettings('judgeQuality', options)
  checkRecords(records)
  const opinions = opinionsOf(records)
  const decided = opinions.filter(isDecided)
  const count = (wanted: string) => records.filter(({ verdict }) => verdict === wanted).length
  return {
    position: positionBiasOf(records, settings),
    consistency: consistencyOf(records, settings),
    labels: records.some(({ label }) => label !== undefined) ? labelAgreementOf(records, settings) : null,
    riskCoverage: riskOf(opinions, decided),
    calibration: calibrationOf(decided),
    length: lengthOf(decided),
    counts: {
      records: records.length,
      pairs: new Set(records.map(({ pair }) => pair)).size,
      abstained: count('abstained'),
      ties: count('tie'),
    },
    settings,
  }
}
