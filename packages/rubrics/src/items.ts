import type { Conversation } from './prompt-message'

/** Two responses to one prompt, of which a judge says which is better. */
export interface PairItem {
  readonly prompt: Conversation
  readonly a: string
  readonly b: string
  /** A response known to be good, for reference-guided formats. */
  readonly reference?: string
  /** The rule R by which the responses are compared; formats have one of their own. */
  readonly rule?: string
}

/** One response, to be scored by itself. */
export interface ResponseItem {
  readonly prompt: Conversation
  readonly response: string
  /** A response known to be good, for reference-guided formats. */
  readonly reference?: string
  /** A rule to judge by, where a format has a place for one; those of this package have none, and refuse it. */
  readonly rule?: string
}

/** Responses to one prompt, to be put in order. */
export interface ListItem {
  readonly prompt: Conversation
  readonly responses: readonly string[]
  /** A response known to be good, for reference-guided formats. */
  readonly reference?: string
  /** The rule R by which the responses are put in order; formats have one of their own. */
  readonly rule?: string
}

/** One response and yes/no questions about it. */
export interface ChecklistItem extends ResponseItem {
  readonly questions: readonly string[]
}
