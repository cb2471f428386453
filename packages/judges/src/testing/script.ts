import type { PromptMessage } from '@prefkit/rubrics'

/** What a test server was asked, whatever the route. */
export interface Asked {
  readonly messages: readonly PromptMessage[]
  /** The text after which the model goes on, with the chat template applied. */
  readonly prompt: string
  /** The request's body as it came. */
  readonly body: Readonly<Record<string, unknown>>
}

/** What the model of a test server says. */
export interface Scripted {
  readonly text?: string | null
  /** Default: `stop`, or `length` where the text has more words than were asked for. */
  readonly finishReason?: string
  /** Probabilities of the next token by its text, at most 1 together; the rest is spread over other tokens. */
  readonly next?: Readonly<Record<string, number>>
}

/** The model of a test server: what it says is a function of what it is asked. */
export type Script = (asked: Asked) => Scripted | string | Promise<Scripted | string>

/** Always these probabilities of the next token, and the likeliest as the text. */
export const constantScript = (next: Readonly<Record<string, number>>): Script => {
  const [text] = Object.entries(next).sort(([, a], [, b]) => b - a)[0] ?? ['']
  return () => ({ text, next })
}
