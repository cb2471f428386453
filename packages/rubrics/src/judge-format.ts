import type { ChecklistAnswer, ListAnswer, PairAnswer, ScoreAnswer } from './answers'
import type { ChecklistItem, ListItem, PairItem, ResponseItem } from './items'
import type { Parsed } from './parsed'
import type { PromptMessage } from './prompt-message'

/** The spellings of the next token that mean each answer, such as `yes`, `Yes` and ` yes`. */
export interface AnswerTokens {
  /** The response shown first is better. */
  readonly a: readonly string[]
  /** The response shown second is better. */
  readonly b: readonly string[]
}

/** What is known of a text beside itself. */
export interface ParseContext {
  /**
   * Whether the text was cut off, as by a limit of tokens; false where it is known to be whole. What a cut text has is an
   * answer only where its closing mark is there. Default: unknown.
   */
  readonly cutOff?: boolean
}

/** How a judge is asked and its answer is read: a prompt and the parser that belongs to it. */
export interface JudgeFormat<Item, Answer> {
  /** Names the format in reports and cache keys. */
  readonly name: string
  /** The messages to send. Throws RubricError for an item that lacks what the format needs. */
  readonly render: (item: Item) => readonly PromptMessage[]
  /** What the judge's text says. Throws for no text; RubricError for an item that `render` refuses, where it is needed. */
  readonly parse: (text: string, item: Item, context?: ParseContext) => Parsed<Answer>
}

/** A format for two responses; `a` is shown first. */
export interface PairFormat extends JudgeFormat<PairItem, PairAnswer> {
  /** Where the answer is the very next token: what its probabilities are read from. */
  readonly tokens?: AnswerTokens
}

/** A format for one response, with the scale of its score. */
export interface ScoreFormat extends JudgeFormat<ResponseItem, ScoreAnswer> {
  readonly scale: { readonly min: number; readonly max: number }
}

/** A format for several responses. */
export type ListFormat = JudgeFormat<ListItem, ListAnswer>

/** A format for questions about a response. */
export type ChecklistFormat = JudgeFormat<ChecklistItem, ChecklistAnswer>
