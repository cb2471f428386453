import type { TextOrChat } from './chat-message'

/** What one annotator said of a pair. */
export type Verdict = 'chosen' | 'rejected' | 'tie'

/** One annotator's verdict on a pair, in terms of the comparison it is part of. */
export interface Vote {
  readonly verdict: Verdict
  /** Who voted, where the data says so. */
  readonly annotator?: string
}

/**
 * One prompt with two responses and which of them was preferred: the one form that every dialect is read into.
 * It is plain JSON. An optional property is absent, never null.
 */
export interface Comparison {
  /**
   * Names the comparison in its data set: the data's own id, or `<file>:<line>` where a row has none. Such a made-up id
   * is not written and not counted as repeated, by the very object that was read: a copy, as `{...comparison}`,
   * `structuredClone` or JSON make it, counts as having its id from the data.
   */
  readonly id: string
  /** What was answered; `''` where the data has no prompt. */
  readonly prompt: TextOrChat
  /** The preferred response. A list of messages where it goes on for several turns. */
  readonly chosen: TextOrChat
  /** The other response. */
  readonly rejected: TextOrChat
  /** How much better the chosen response is, in the data's reward units; finite, and negative if it says so. */
  readonly margin?: number
  /** Share of votes for the chosen response, in [0, 1]; a tie counts half to each. */
  readonly preference?: number
  /** Every annotator's verdict, in the order of the data. */
  readonly votes?: readonly Vote[]
  /** Who or what made the choice, where one did. */
  readonly annotator?: string
  /** The data set, or the part of one, that the comparison comes from. */
  readonly source?: string
  /** What else the dialect says of the pair, such as `chosen_model` or `chosen_style`. */
  readonly tags?: Readonly<Record<string, string>>
}
