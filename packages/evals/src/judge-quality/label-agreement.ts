import type { Statistic } from '../benchmarks/shared/estimate'
import { drawGroups, type Term } from './draw-groups'
import { checkRecords, type JudgeRecord, type JudgeVerdict } from './judge-record'
import { type Opinion, opinionsOf } from './opinions'
import { type JudgeQualityOptions, type JudgeQualitySettings, judgeSettings, tieCredit } from './options'

/** How often each verdict was given. */
export type VerdictCounts = Readonly<Record<JudgeVerdict, number>>

/** What {@link labelAgreement} found; an opinion is of one pair at one time, all orders and votes together. */
export interface LabelAgreement {
  /** Share of opinions that are what the label is, ties being a verdict like others; abstentions are left out. */
  readonly agreement: Statistic
  /** Share of right opinions on pairs of which one response is labelled the better; abstentions are left out. */
  readonly accuracy: Statistic
  /** Share of labelled pairs that the judge has an opinion on, ties among them. */
  readonly coverage: Statistic
  /** Share of opinions that are ties. */
  readonly judgedTies: Statistic
  /** Share of labels that are ties. */
  readonly labelledTies: Statistic
  /** Verdicts by label. */
  readonly confusion: Readonly<Record<'a' | 'b' | 'tie', VerdictCounts>>
  /** Opinions on labelled pairs, abstentions among them. */
  readonly opinions: number
}

/** Same, opinions; right, decided labels; ties, labelled ties, labelled. */
function numbersOf({ about: { label }, verdict }: Opinion, tie: number): number[] {
  const answered = Number(verdict !== 'abstained')
  const credit = verdict === 'tie' ? tie : Number(verdict === label)
  const counts = answered === 1 && label !== 'tie' && !Number.isNaN(credit)
  const isTie = (value: unknown) => Number(value === 'tie')
  return [
    Number(verdict === label),
    answered,
    counts ? credit : 0,
    Number(counts),
    isTie(verdict),
    isTie(label),
    1,
  ]
}

function confusionOf(opinions: readonly Opinion[]): LabelAgreement['confusion'] {
  const none = { a: 0, b: 0, tie: 0, abstained: 0 }
  const confusion = { a: { ...none }, b: { ...none }, tie: { ...none } }
  for (const { about, verdict } of opinions) confusion[about.label!][verdict]++
  return confusion
}

/** {@link labelAgreement} of records that are checked. */
export function labelAgreementOf(
  records: readonly JudgeRecord[],
  settings: JudgeQualitySettings,
): LabelAgreement {
  const opinions = opinionsOf(records).filter(({ about }) => about.label !== undefined)
  const tie = tieCredit(settings.ties)
  const terms = opinions.map((opinion): Term => ({ about: opinion.about, numbers: numbersOf(opinion, tie) }))
  const ofSums = ([same, answered, right, decided, ties, labelled, all]: readonly number[]) => [
    same! / answered!,
    right! / decided!,
    answered! / all!,
    ties! / answered!,
    labelled! / all!,
  ]
  const [agreement, accuracy, coverage, judgedTies, labelledTies] = drawGroups(terms, 7, ofSums, settings)
  return {
    agreement: agreement!,
    accuracy: accuracy!,
    coverage: coverage!,
    judgedTies: judgedTies!,
    labelledTies: labelledTies!,
    confusion: confusionOf(opinions),
    opinions: opinions.length,
  }
}

/**
 * How often a judge agrees with people, ties and abstentions counted. What chance would bring is not taken off
 * here: see Cohen's κ and Krippendorff's α in `@prefkit/noise`.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `INVALID_OUTCOME`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function labelAgreement(
  records: readonly JudgeRecord[],
  options: JudgeQualityOptions = {},
): LabelAgreement {
  const settings = judgeSettings('labelAgreement', options)
  checkRecords(records)
  return labelAgreementOf(records, settings)
}
