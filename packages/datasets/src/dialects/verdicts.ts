import type { Verdict, Vote } from '../comparison'
import { DatasetError } from '../dataset-error'
import type { Row } from './dialect'

/** Which of two responses won, before it is known which to call chosen. */
export type Winner = 'a' | 'b' | 'tie'

/** One vote on responses a and b. */
export interface RawVote {
  readonly winner: Winner
  readonly annotator?: string
}

const words: Readonly<Record<Winner, readonly string[]>> = {
  a: ['1', 'a', 'a>b', 'a>>b', 'a1', 'model_a', 'response_a', 'response_1', 'output_1', 'first'],
  b: ['2', 'b', 'b>a', 'b>>a', 'a2', 'model_b', 'response_b', 'response_2', 'output_2', 'second'],
  tie: ['0', 'tie', 'equal', 'a=b', 'b=a', 'both', 'neither', 'tie (bothbad)', 'both_bad', 'c'],
}
const winnerOf = new Map(
  Object.entries(words).flatMap(([winner, list]) => list.map((word) => [word, winner as Winner])),
)

/** The winner that a label names; throws DatasetError FIELD_TYPE or FIELD_VALUE for any other. */
export function readWinner(label: unknown, field: string): Winner {
  if (typeof label !== 'string' && typeof label !== 'number') {
    throw new DatasetError(
      'FIELD_TYPE',
      `expected a label as text or a number, is ${JSON.stringify(label)}`,
      { field },
    )
  }
  const winner = winnerOf.get(String(label).trim().toLowerCase())
  if (winner !== undefined) return winner
  const expected = 'expected 1, 2 or 0, A, B or tie, A>B or B>A, model_a or model_b'
  throw new DatasetError('FIELD_VALUE', `${expected}; is ${JSON.stringify(label)}`, { field })
}

/** A vote is a label, `[annotator, label]`, or `{annotator, vote}`. */
function readVote(vote: unknown, field: string): RawVote {
  if (Array.isArray(vote)) return { winner: readWinner(vote[1], `${field}[1]`), annotator: String(vote[0]) }
  if (typeof vote !== 'object' || vote === null) return { winner: readWinner(vote, field) }
  const { annotator, worker, vote: label } = vote as Record<string, unknown>
  const name = annotator ?? worker
  const winner = readWinner(label, `${field}.vote`)
  return name === undefined || name === null ? { winner } : { winner, annotator: String(name) }
}

/** The votes in `row.votes`; undefined when there are none. Throws DatasetError with the vote at fault. */
export function readVotes(row: Row): readonly RawVote[] | undefined {
  if (row.votes === undefined || row.votes === null) return undefined
  if (!Array.isArray(row.votes))
    throw new DatasetError('FIELD_TYPE', 'expected a list of votes', { field: 'votes' })
  const votes = row.votes.map((vote, i) => readVote(vote, `votes[${i}]`))
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
