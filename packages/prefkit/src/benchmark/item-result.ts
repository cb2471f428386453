import type { JudgeRecord } from '@prefkit/evals/judge-quality'
import type { Usage } from '@prefkit/judges'

/** What a judge wrote or scored when it was asked once. */
export interface ItemReading {
  /** What it came to, such as `prefers a` or `scores 7`. */
  readonly says: string
  readonly text?: string | undefined
}

/** One vote on a pair: which of the item's responses was shown first, and what the judge said then. */
export type ItemVote = Pick<JudgeRecord, 'first' | 'verdict' | 'winProbability'>

/** What came of an item, whoever judged it. */
export interface ItemResult {
  /** As the benchmark scores it; null where the judge failed. */
  readonly outcome: unknown
  /** P(a is better) of a pair, where it is known. */
  readonly winProbability?: number | undefined
  readonly readings: readonly ItemReading[]
  /**
   * Votes on a pair, of who saw its responses in an order: none of who saw them one at a time. Absent where only the outcome is
   * known; it is taken for a vote in the item's own order then.
   */
  readonly votes?: readonly ItemVote[] | undefined
  readonly usage?: Usage | undefined
  /** Why there is no outcome. */
  readonly error?: string | undefined
}

/** An item that could not be judged. */
export const failed = (error: string): ItemResult => ({ outcome: null, readings: [], error })

/** What could not be read from a judge's text, for people. */
export const unread = 'no answer that can be read'
