import { type Interval, wilsonInterval } from '@prefkit/evals'
import {
  countReadings,
  type PairJudgement,
  type Reading,
  type ReadingCounts,
  sumUsages,
  type Usage,
} from '@prefkit/judges'
import type { JudgedPairOutcome } from './judge-pairs'

/** A share of trials with Wilson's interval. */
export interface Share {
  readonly value: number
  readonly trials: number
  readonly interval: Interval
}

/** What a judge said of pairs, in numbers. */
export interface PairSummary {
  readonly pairs: number
  /** Pairs that could not be judged. */
  readonly failed: number
  readonly verdicts: Readonly<Record<PairJudgement['verdict'], number>>
  readonly readings: ReadingCounts
  /** What judgements rest on, and how many. */
  readonly provenance: Readonly<Record<string, number>>
  /** How often both orders say the same; absent where one was asked. */
  readonly consistency?: Share
  /** How often the response shown first is preferred, a tie half, in single readings. */
  readonly firstPreferred?: Share
  /** How often verdicts are those of the data, a tie half; absent without labels. */
  readonly accuracy?: Share
  /** The same in single readings, with the better response shown first and second. */
  readonly position?: { readonly front: Share; readonly back: Share; readonly gap: number }
  /** Accuracy by source, where there are several. */
  readonly sources?: readonly { readonly source: string; readonly accuracy: Share }[]
  readonly usage: Usage
}

interface Judged {
  readonly pair: JudgedPairOutcome['pair']
  readonly judgement: PairJudgement
}

const shareOf = (credits: readonly number[]): Share | undefined => {
  const trials = credits.length
  if (trials === 0) return undefined
  const sum = credits.reduce((total, credit) => total + credit, 0)
  return { value: sum / trials, trials, interval: wilsonInterval(sum, trials) }
}

/** 1 for more than a half, 0 for less. */
const credit = (probability: number): number => (Math.sign(probability - 0.5) + 1) / 2

const verdictCredit: Readonly<Record<PairJudgement['verdict'], number | undefined>> = {
  a: 1,
  b: 0,
  tie: 0.5,
  abstained: undefined,
}

/** Whether a verdict is the label: 1, 0, or a half for a tie; nothing where either is missing. */
export function agreementOf({ pair: { label }, judgement }: Judged): number | undefined {
  const won = verdictCredit[judgement.verdict]
  if (label === undefined || won === undefined) return undefined
  return label === 'a' ? won : 1 - won
}

const present = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined)

/** What single readings say, with the labelled response in one place. */
const placed = (judged: readonly Judged[], isFront: boolean): Share | undefined =>
  shareOf(
    judged.flatMap(({ pair: { label }, judgement: { readings } }) =>
      readings.flatMap(({ first, winProbability }: Reading) =>
        label === undefined ||
        winProbability === undefined ||
        first === undefined ||
        (first === label) !== isFront
          ? []
          : [credit(label === 'a' ? winProbability : 1 - winProbability)],
      ),
    ),
  )

const firstShare = (judged: readonly Judged[]): Share | undefined =>
  shareOf(
    judged.flatMap(({ judgement: { readings } }) =>
      readings.flatMap(({ first, winProbability }: Reading) =>
        first === undefined || winProbability === undefined
          ? []
          : [credit(first === 'a' ? winProbability : 1 - winProbability)],
      ),
    ),
  )

const tally = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, each]) => [name, each.length]))

function bySource(judged: readonly Judged[]): PairSummary['sources'] {
  const groups = Map.groupBy(judged, ({ pair }) => pair.source ?? '')
  if (groups.size < 2) return undefined
  return [...groups].flatMap(([source, members]) => {
    const accuracy = shareOf(present(members.map(agreementOf)))
    return accuracy ? [{ source, accuracy }] : []
  })
}

/** The judgements among outcomes. */
export const judgedOf = (outcomes: readonly JudgedPairOutcome[]): Judged[] =>
  outcomes.flatMap(({ pair, outcome: { judgement } }) => (judgement ? [{ pair, judgement }] : []))

/** What a judge said of pairs, and how far that is to be trusted. */
export function summarisePairs(outcomes: readonly JudgedPairOutcome[]): PairSummary {
  const judged = judgedOf(outcomes)
  const judgements = judged.map(({ judgement }) => judgement)
  const verdicts = { a: 0, b: 0, tie: 0, abstained: 0 }
  for (const { verdict } of judgements) verdicts[verdict]++
  const consistency = shareOf(
    judgements.flatMap(({ consistent }) => (consistent === undefined ? [] : [+consistent])),
  )
  const [front, back] = [placed(judged, true), placed(judged, false)]
  const sources = bySource(judged)
  const accuracy = shareOf(present(judged.map(agreementOf)))
  const firstPreferred = firstShare(judged)
  return {
    pairs: outcomes.length,
    failed: outcomes.length - judged.length,
    verdicts,
    readings: countReadings(judgements),
    provenance: tally(judgements.map(({ provenance }) => provenance)),
    ...(consistency && { consistency }),
    ...(firstPreferred && { firstPreferred }),
    ...(accuracy && { accuracy }),
    ...(front && back && { position: { front, back, gap: front.value - back.value } }),
    ...(sources && sources.length > 0 && { sources }),
    usage: sumUsages(judgements.map(({ usage }) => usage)),
  }
}
