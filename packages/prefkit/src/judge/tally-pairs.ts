import { createHash } from 'node:crypto'
import { promptText } from '@prefkit/datasets'
import { countReadings, type PairJudgement, type ReadingCounts, sumUsages, type Usage } from '@prefkit/judges'
import { mostDisagreements } from '../report/sections/disagreement-section'
import type { JudgedPairOutcome } from './judge-pairs'
import { metaEvaluateJudge } from './meta-evaluate'
import { type JudgedPair, judgeRecords } from './meta-evaluate-records'
import type { PairSummary } from './pair-summary'
import type { PairToJudge } from './read-pairs'
import { type Share, shareOf, type Trial } from './share-of'

/** A pair that was judged. */
export interface Judged {
  readonly pair: PairToJudge
  readonly judgement: PairJudgement
}

/** What a judge thinks of a pair, for the figure of how sure it is. */
export interface Sureness {
  /** The probability given to the response that is labelled better, or to a without a label. */
  readonly p: number
  readonly isLabelled: boolean
}

/** What is kept of judgements while they pass by: their texts only of the surest disagreements. */
export interface PairTally {
  readonly add: (outcome: JudgedPairOutcome) => void
  readonly summarise: (seed: number) => PairSummary
  readonly sureness: readonly Sureness[]
  /** Those that the judge was surest of, surest first, and how many there are in all. */
  readonly disagreements: () => { readonly surest: readonly Judged[]; readonly count: number }
}

const verdictCredit: Readonly<Record<PairJudgement['verdict'], number | undefined>> = {
  a: 1,
  b: 0,
  tie: 0.5,
  abstained: undefined,
}

/** Whether a verdict is the label: 1, 0, or a half for a tie; nothing where there is no better response, or no verdict. */
function agreementOf({ pair: { label }, judgement }: Judged): number | undefined {
  const won = verdictCredit[judgement.verdict]
  if (label === undefined || label === 'tie' || won === undefined) return undefined
  return label === 'a' ? won : 1 - won
}

/** The probability that a judge gives to the response that is labelled better, in [0, 1]; undefined where it gives none. */
export const probabilityForLabel = ({ pair: { label }, judgement }: Judged): number | undefined => {
  const { winProbability: p } = judgement
  return label === 'b' && p !== undefined ? 1 - p : p
}

const sureOfMistake = (judged: Judged): number => 0.5 - (probabilityForLabel(judged) ?? 0.5)

/** The prompt as a short name: intervals draw pairs of one prompt together, those without one each by itself. */
const groupOf = ({ id, item }: PairToJudge): string =>
  createHash('sha256')
    .update(promptText(item) || id)
    .digest('base64')
    .slice(0, 16)

/** A judgement without its texts and what it used: a tally reads neither, and 100,000 of them would not fit. */
const slim = ({ verdict, winProbability, provenance, readings }: PairJudgement): PairJudgement =>
  ({
    verdict,
    provenance,
    ...(winProbability !== undefined && { winProbability }),
    readings: readings.map(({ first, winProbability: p }) => ({
      ...(first !== undefined && { first }),
      ...(p !== undefined && { winProbability: p }),
    })),
  }) as unknown as PairJudgement

const recordOf = ({ pair, judgement }: Judged): JudgedPair => ({
  judgement: slim(judgement),
  pair: pair.id,
  group: groupOf(pair),
  lengthA: pair.item.a.length,
  lengthB: pair.item.b.length,
  ...(pair.label && { label: pair.label }),
})

/** The surest of many, in a list that is cut whenever it has twice as many as are wanted. */
function keepSurest(most: number) {
  let kept: Judged[] = []
  let count = 0
  const cut = (): Judged[] => kept.toSorted((a, b) => sureOfMistake(b) - sureOfMistake(a)).slice(0, most)
  return {
    add(judged: Judged): void {
      count++
      kept.push(judged)
      if (kept.length > 2 * most) kept = cut()
    },
    disagreements: () => ({ surest: cut(), count }),
  }
}

type Counts = Record<string, number>

const countIn = (counts: Counts, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1
}

function addReadings(sum: ReadingCounts | undefined, next: ReadingCounts): ReadingCounts {
  if (!sum) return next
  const names = Object.keys(sum.parses) as (keyof ReadingCounts['parses'])[]
  const parses = Object.fromEntries(names.map((name) => [name, sum.parses[name] + next.parses[name]]))
  return {
    asked: sum.asked + next.asked,
    answered: sum.answered + next.answered,
    parses: parses as ReadingCounts['parses'],
  }
}

interface SourceTrial extends Trial {
  readonly source: string
}

function bySource(trials: readonly SourceTrial[], seed: number): PairSummary['sources'] {
  const groups = Map.groupBy(trials, ({ source }) => source)
  if (groups.size < 2) return undefined
  return [...groups].map(([source, members]) => ({ source, accuracy: shareOf(members, seed) as Share }))
}

/** Begins to count what a judge says of pairs. */
export function tallyPairs(): PairTally {
  const verdicts = { a: 0, b: 0, tie: 0, abstained: 0 }
  const provenance: Counts = {}
  const records: JudgedPair[] = []
  const trials: SourceTrial[] = []
  const sureness: Sureness[] = []
  const { add: keep, disagreements } = keepSurest(mostDisagreements)
  let [pairs, failed, labelledTies] = [0, 0, 0]
  let readings = countReadings([])
  let usage: Usage = sumUsages([])

  const addJudged = (judged: Judged): void => {
    const { pair, judgement } = judged
    verdicts[judgement.verdict]++
    countIn(provenance, judgement.provenance)
    readings = addReadings(readings, countReadings([judgement]))
    usage = sumUsages([usage, judgement.usage])
    const record = recordOf(judged)
    records.push(record)
    if (pair.label === 'tie') labelledTies++
    const credit = agreementOf(judged)
    if (credit !== undefined) trials.push({ credit, group: String(record.group), source: pair.source ?? '' })
    const p = probabilityForLabel(judged)
    if (p !== undefined && pair.label !== 'tie') sureness.push({ p, isLabelled: pair.label !== undefined })
    if (pair.label !== undefined && pair.label !== 'tie' && credit !== 1) keep(judged)
  }

  return {
    sureness,
    disagreements,
    add({ pair, outcome: { judgement } }) {
      pairs++
      if (judgement) addJudged({ pair, judgement })
      else failed++
    },
    summarise(seed) {
      const accuracy = shareOf(trials, seed)
      const sources = bySource(trials, seed)
      const quality = records.length > 0 ? metaEvaluateJudge(judgeRecords(records), { seed }) : undefined
      return {
        pairs,
        failed,
        verdicts,
        readings,
        provenance,
        labelledTies,
        ...(accuracy && { accuracy }),
        ...(sources && { sources }),
        ...(quality && { quality }),
        usage,
      }
    },
  }
}
