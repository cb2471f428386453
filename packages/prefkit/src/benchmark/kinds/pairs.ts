import { type Judge, judgeAll, type PairJudgement, type Reading, verdictOf } from '@prefkit/judges'
import { type PairItem, parsePreference } from '@prefkit/rubrics'
import { createPairJudge } from '../../judge/create-judge'
import type { JudgeConfig, PairAsking } from '../../judge/judge-config'
import { type ItemReading, type ItemResult, type ItemVote, unread } from '../item-result'
import type { BenchmarkItem } from '../open-benchmark'
import { concluded, type ItemKind, isNumber, isText, optional, type RecordedRow } from './item-kind'

const verdicts = ['a', 'b', 'tie', 'abstained'] as const
type Verdict = (typeof verdicts)[number]

const isVerdict = (found: unknown): found is Verdict => verdicts.some((verdict) => verdict === found)
const isProbability = (found: unknown): found is number => isNumber(found) && found >= 0 && found <= 1

const says = (verdict: Verdict): string =>
  ({ a: 'prefers a', b: 'prefers b', tie: 'says that neither is better', abstained: unread })[verdict]

function sayingOf({ winProbability, reason, first, score, response }: Reading): string {
  if (score !== undefined) return `scores ${response} ${score.toFixed(3)}`
  const order = first === undefined ? '' : `, ${first} shown first`
  return `${winProbability === undefined ? (reason ?? unread) : says(verdictOf(winProbability))}${order}`
}

const readingOf = (reading: Reading): ItemReading => ({ says: sayingOf(reading), text: reading.text })

const certain: readonly unknown[] = [0, 0.5, 1]

/** A probability that says no more than the verdict says nothing of how honest probabilities are. */
function voteOf({ first, winProbability }: Reading): ItemVote[] {
  if (first === undefined) return []
  if (winProbability === undefined) return [{ first, verdict: 'abstained' }]
  return [
    {
      first,
      verdict: verdictOf(winProbability),
      ...(!certain.includes(winProbability) && { winProbability }),
    },
  ]
}

function conclude({ verdict, winProbability, readings, usage, reason }: PairJudgement): ItemResult {
  return {
    outcome: { verdict, ...(winProbability !== undefined && { winProbability }) },
    winProbability,
    readings: readings.map(readingOf),
    votes: readings.flatMap(voteOf),
    usage,
    ...(verdict === 'abstained' && reason !== undefined && { error: reason }),
  }
}

const pairOf = ({ id, prompt, a, b }: BenchmarkItem): PairItem & { id: string } => ({
  id,
  prompt,
  a: a!,
  b: b!,
})

/** What a recorded text says, read strictly: without one clear verdict it says nothing. */
function verdictOfText(text: string, labels: readonly string[]): Verdict {
  const [a, b, tie] = labels
  const names = { a: a!, b: b!, ...(tie !== undefined && { tie }) }
  const parsed = parsePreference(text, { labels: names, brackets: /\[\[.*\]\]/.test(text) })
  return parsed.status === 'exact' || parsed.status === 'recovered' ? parsed.value.preferred : 'abstained'
}

const isVote = (found: unknown): found is ItemVote => {
  const { first, verdict, winProbability = 0 } = (found ?? {}) as Partial<ItemVote>
  return (first === 'a' || first === 'b') && isVerdict(verdict) && isProbability(winProbability)
}
const areVotes = (found: unknown): found is ItemVote[] => Array.isArray(found) && found.every(isVote)

function recordedVerdict(row: RecordedRow, labels: readonly string[]): ItemResult {
  const verdict = optional(row, 'verdict', isVerdict, `one of ${verdicts.join(', ')}, or null`)
  const p = optional(row, 'winProbability', isProbability, 'a number from 0 to 1')
  const text = optional(row, 'text', isText, 'the text that a judge wrote')
  const votes = optional(row, 'votes', areVotes, 'a list of {first: a|b, verdict, winProbability}')
  const known = verdict ?? (isNumber(p) ? verdictOf(p) : isText(text) ? verdictOfText(text, labels) : null)
  const none = verdict === undefined && p === undefined && text === undefined && row.value.error === undefined
  if (none) row.refuse('verdict', 'is missing, as are winProbability and text')
  if (known === null) return { outcome: null, readings: [], error: String(row.value.error ?? 'no outcome') }
  return {
    outcome: { verdict: known, ...(isNumber(p) && { winProbability: p }) },
    winProbability: p ?? undefined,
    readings: [{ says: says(known), text: text ?? undefined }],
    ...(votes && { votes }),
  }
}

/** Pairs to compare. */
export const pairs: ItemKind = {
  async judge(items, config, around, batch) {
    const judge: Judge = await createPairJudge(config as JudgeConfig<PairAsking>, around)
    return { judge: judge.name, results: concluded(judgeAll(judge, items.map(pairOf), batch), conclude) }
  },
  read: (row, _, { labels }) => recordedVerdict(row, labels),
  fields: ({ outcome, votes }) => ({
    ...(outcome === null ? { verdict: null } : (outcome as object)),
    ...(votes && { votes }),
  }),
}
