import type { Verdict, Vote } from '../comparison'
import { DatasetError } from '../dataset-error'
import type { Row } from './dialect'
import { described } from './fields'

/** Which of two responses won, before it is known which to call chosen. */
export type Winner = 'a' | 'b' | 'tie'

/** One vote on responses a and b. */
export interface RawVote {
  readonly winner: Winner
  readonly annotator?: string
}

/** What the labels 0, 1 and 2 mean, in this order. */
export type LabelCoding = 'tie-first-second' | 'first-second' | 'second-first'

const digits: Readonly<Record<LabelCoding, readonly Winner[]>> = {
  'tie-first-second': ['tie', 'a', 'b'],
  'first-second': ['a', 'b'],
  'second-first': ['b', 'a'],
}

/** The codings of labels, by name. */
export const labelCodings = Object.keys(digits) as readonly LabelCoding[]

const words: Readonly<Record<Winner, readonly string[]>> = {
  a: ['a', 'a>b', 'a>>b', 'a1', 'model_a', 'response_a', 'response_1', 'output_1', 'first'],
  b: ['b', 'b>a', 'b>>a', 'a2', 'model_b', 'response_b', 'response_2', 'output_2', 'second'],
  tie: ['tie', 'equal', 'a=b', 'b=a', 'both', 'neither', 'tie (bothbad)', 'both_bad', 'c'],
}
const winnerOf = new Map(
  Object.entries(words).flatMap(([winner, list]) => list.map((word) => [word, winner as Winner])),
)

const isLabel = (label: unknown): label is string | number =>
  typeof label === 'string' || typeof label === 'number'

const plainLabel = (label: string | number): string => String(label).trim().toLowerCase()

/** The winner that a label names; throws DatasetError FIELD_TYPE or FIELD_VALUE for any other. */
export function readWinner(label: unknown, field: string, coding: LabelCoding = 'tie-first-second'): Winner {
  if (!isLabel(label)) {
    throw new DatasetError('FIELD_TYPE', `expected a label as text or a number, is ${described(label)}`, {
      field,
    })
  }
  const word = plainLabel(label)
  const winner = /^\d$/.test(word) ? digits[coding][Number(word)] : winnerOf.get(word)
  if (winner !== undefined) return winner
  const numbers = coding === 'tie-first-second' ? '1, 2 or 0' : `0 or 1 (labels: ${coding})`
  const expected = `expected ${numbers}, A, B or tie, A>B or B>A, model_a or model_b`
  throw new DatasetError('FIELD_VALUE', `${expected}; is ${described(label)}`, { field })
}

/**
 * Why labels may be read in more than one way: some field has a 0 or a 1, and none has a 2; what else they have says
 * nothing of it. Undefined when they may not. Takes the labels of the same rows by their field.
 */
export function labelAmbiguity(labels: Readonly<Record<string, readonly unknown[]>>): string | undefined {
  const seen = Object.entries(labels).map(([field, found]) => ({
    field,
    labels: new Set(found.filter(isLabel).map(plainLabel)),
  }))
  if (seen.some(({ labels }) => labels.has('2'))) return undefined
  const field = seen.find(({ labels }) => labels.has('0') || labels.has('1'))?.field
  if (field === undefined) return undefined
  return (
    `field "${field}" is 0 or 1 in some of the first rows and 2 in none, which can mean three things. Say which by labels: ` +
    '"tie-first-second" (0 a tie, 1 the first response, 2 the second), "first-second" (0 the first, 1 the second) or ' +
    '"second-first" (0 the second, 1 the first)'
  )
}

/** A vote is a label, `[annotator, label]`, or `{annotator, vote}`. */
function voteParts(vote: unknown): { label: unknown; at: string; name?: unknown } {
  if (Array.isArray(vote)) return { label: vote[1], at: '[1]', name: vote[0] }
  if (typeof vote !== 'object' || vote === null) return { label: vote, at: '' }
  const { annotator, worker, vote: label } = vote as Record<string, unknown>
  return { label, at: '.vote', name: annotator ?? worker }
}

/** The labels in `row.votes`, unread. */
export const voteLabels = (row: Row): readonly unknown[] =>
  Array.isArray(row.votes) ? row.votes.map((vote) => voteParts(vote).label) : []

function readVote(vote: unknown, field: string, coding: LabelCoding | undefined): RawVote {
  const { label, at, name } = voteParts(vote)
  const winner = readWinner(label, `${field}${at}`, coding)
  return name === undefined || name === null ? { winner } : { winner, annotator: String(name) }
}

/** The votes in `row.votes`; undefined when there are none. Throws DatasetError with the vote at fault. */
export function readVotes(row: Row, coding?: LabelCoding): readonly RawVote[] | undefined {
  if (row.votes === undefined || row.votes === null) return undefined
  if (!Array.isArray(row.votes))
    throw new DatasetError('FIELD_TYPE', 'expected a list of votes', { field: 'votes' })
  const votes = row.votes.map((vote, i) => readVote(vote, `votes[${i}]`, coding))
  return votes.length === 0 ? undefined : votes
}

/** How many votes each outcome has. */
function countWinners(votes: readonly RawVote[]): Record<Winner, number> {
  const counts = { a: 0, b: 0, tie: 0 }
  for (const { winner } of votes) counts[winner]++
  return counts
}

/** The outcome with most votes; a tie when both responses have as many, or "tie" has more than either. */
export function majority(votes: readonly RawVote[]): Winner {
  const { a, b, tie } = countWinners(votes)
  if (a === b || tie > Math.max(a, b)) return 'tie'
  return a > b ? 'a' : 'b'
}

/** The votes in terms of the response called chosen, and its share of them, ties counting half. */
export function votesFor(
  votes: readonly RawVote[],
  chosen: 'a' | 'b',
): { votes: readonly Vote[]; preference: number } {
  const verdictOf = (winner: Winner): Verdict =>
    winner === 'tie' ? 'tie' : winner === chosen ? 'chosen' : 'rejected'
  const counts = countWinners(votes)
  return {
    votes: votes.map(({ winner, ...rest }) => ({ verdict: verdictOf(winner), ...rest })),
    preference: (counts[chosen] + counts.tie / 2) / votes.length,
  }
}
