import { normalQuantile } from '@prefkit/evals'
import { type JudgeRecord, type Opinion, opinionsOf, questionsOf } from '@prefkit/evals/judge-quality'
import { cohenKappa, fleissKappa, krippendorffAlpha, NoiseError, type Votes } from '@prefkit/noise'

/** What one person says of one pair. */
export interface HumanVote {
  readonly pair: string | number
  readonly annotator: string | number
  readonly verdict: 'a' | 'b' | 'tie'
}

/** Agreement less that of chance: 1 is perfect, 0 is chance. */
export interface ChanceCorrected {
  /** Null where it cannot be had; `reason` says why. */
  readonly value: number | null
  /** Large-sample, or from leaving out one item at a time; null where there is none. */
  readonly standardError: number | null
  /** By the normal distribution, cut at 1. */
  readonly interval: { readonly low: number; readonly high: number; readonly confidence: number } | null
  /** How many items it was made of. */
  readonly items: number
  readonly reason?: string
}

/** Chance-corrected agreement of a judge with people and with itself. */
export interface JudgeAgreement {
  /** Of the judge's opinions with labels, pairs that both have a say on. */
  readonly labels: { readonly cohenKappa: ChanceCorrected; readonly krippendorffAlpha: ChanceCorrected }
  /** Cohen's κ of the judge in one order with the judge in the other. */
  readonly orders: ChanceCorrected
  /** Fleiss' κ of votes on one question. */
  readonly votes: ChanceCorrected
  /** Krippendorff's α of runs. */
  readonly runs: ChanceCorrected
  /** Krippendorff's α of people among themselves, and with the judge as one of them; null without their votes. */
  readonly people: { readonly alone: ChanceCorrected; readonly withJudge: ChanceCorrected } | null
}

interface Agreement {
  readonly value: number
  readonly standardError: number
}

/** `compute`, or why it cannot: too few votes, or all the same. */
function corrected(items: number, confidence: number, compute: () => Agreement): ChanceCorrected {
  const none = { value: null, standardError: null, interval: null, items }
  if (items === 0) return { ...none, reason: 'nothing was judged twice' }
  try {
    const { value, standardError } = compute()
    if (!Number.isFinite(standardError)) return { ...none, value }
    const half = normalQuantile((1 + confidence) / 2) * standardError
    return {
      value,
      standardError,
      interval: { low: value - half, high: Math.min(1, value + half), confidence },
      items,
    }
  } catch (error) {
    const isKnown = NoiseError.isInstance(error) && ['NOT_IDENTIFIED', 'TOO_FEW'].includes(error.code)
    if (!isKnown) throw error
    return { ...none, reason: error.message }
  }
}

/** Items with two votes or more. */
function overlap({ items }: Votes): number {
  const counts = new Map<string | number, number>()
  for (const item of Array.from(items)) counts.set(item, (counts.get(item) ?? 0) + 1)
  return [...counts.values()].filter((count) => count >= 2).length
}

interface Vote {
  readonly item: string | number
  readonly annotator: string | number
  readonly label: string
}

const votesOf = (votes: readonly Vote[]): Votes => ({
  items: votes.map(({ item }) => item),
  annotators: votes.map(({ annotator }) => annotator),
  labels: votes.map(({ label }) => label),
})

const alphaOf = (votes: readonly Vote[], confidence: number): ChanceCorrected => {
  const columns = votesOf(votes)
  return corrected(overlap(columns), confidence, () => krippendorffAlpha(columns))
}

/**
 * Fleiss' κ weighs items alike, however many votes they have, so those with one say nothing but count: they
 * are left out.
 */
function fleissOf(records: readonly JudgeRecord[], confidence: number): ChanceCorrected {
  const votes = questionsOf(records).flatMap(({ votes: asked }, item) => {
    const answered = asked.filter(({ verdict }) => verdict !== 'abstained')
    if (answered.length < 2) return []
    return answered.map(({ verdict }, annotator): Vote => ({ item, annotator, label: verdict }))
  })
  const columns = votesOf(votes)
  return corrected(overlap(columns), confidence, () => fleissKappa(columns))
}

const isSaid = (verdict: string | undefined): verdict is string =>
  verdict !== undefined && verdict !== 'abstained'

function kappaOf(pairs: readonly (readonly [string | undefined, string | undefined])[], confidence: number) {
  const both = pairs.filter((pair): pair is readonly [string, string] => pair.every(isSaid))
  const column = (at: 0 | 1) => both.map((pair) => pair[at])
  return corrected(both.length, confidence, () => cohenKappa(column(0), column(1)))
}

/** Opinions of each pair's first run: those of others would be of the same items. */
const firstRuns = (opinions: readonly Opinion[]): Opinion[] => {
  const seen = new Set<string | number>()
  return opinions.filter(({ about: { pair } }) => !seen.has(pair) && seen.add(pair))
}

function peopleOf(people: readonly HumanVote[], opinions: readonly Opinion[], confidence: number) {
  const votes = people.map(({ pair, annotator, verdict }): Vote => {
    return { item: pair, annotator: `person ${annotator}`, label: verdict }
  })
  const judged = new Set(people.map(({ pair }) => pair))
  const ofJudge = opinions
    .filter(({ about, verdict }) => isSaid(verdict) && judged.has(about.pair))
    .map(({ about, verdict }): Vote => ({ item: about.pair, annotator: 'judge', label: verdict }))
  return { alone: alphaOf(votes, confidence), withJudge: alphaOf([...votes, ...ofJudge], confidence) }
}

/** Chance-corrected agreement; records are checked already. Not exported by the package. */
export function judgeAgreement(
  records: readonly JudgeRecord[],
  people: readonly HumanVote[] | undefined,
  confidence: number,
): JudgeAgreement {
  const all = opinionsOf(records)
  const opinions = firstRuns(all)
  const labelled = opinions.map(({ about, verdict }) => [verdict, about.label] as const)
  const asVotes = labelled.flatMap((said, item) =>
    said.every(isSaid)
      ? said.map((label, annotator): Vote => ({ item, annotator, label: String(label) }))
      : [],
  )
  const ofRuns = questionsOf(records)
    .filter(({ verdict }) => isSaid(verdict))
    .map(({ about: { pair, first, run = 0 }, verdict }): Vote => {
      return { item: JSON.stringify([pair, first]), annotator: run, label: verdict }
    })
  return {
    labels: {
      cohenKappa: kappaOf(labelled, confidence),
      krippendorffAlpha: alphaOf(asVotes, confidence),
    },
    orders: kappaOf(
      opinions.map(({ byFirst }) => [byFirst.a?.verdict, byFirst.b?.verdict] as const),
      confidence,
    ),
    votes: fleissOf(records, confidence),
    runs: alphaOf(ofRuns, confidence),
    people: people === undefined ? null : peopleOf(people, opinions, confidence),
  }
}
