import type { ChatMessage } from '@prefkit/lm'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'
import type { LocatedRow } from '../tables/located-row'
import { placeText } from '../tables/place-text'
import { describeFields, type Prompt } from './prompt-rows'

/** A text to score or to learn, and what it goes on after. */
export interface CompletionRow {
  /** Where it stands, for messages: `data.jsonl:3`. */
  readonly place: string
  readonly row: Readonly<Record<string, unknown>>
  /** Empty for a text that goes on after nothing. */
  readonly prompt: Prompt
  /** Text after a prompt of text, messages after messages. Not empty. */
  readonly completion: Prompt
  /** True for a whole conversation, of which the completion is only the last answer. */
  readonly isWhole: boolean
}

type Parts = Pick<CompletionRow, 'prompt' | 'completion' | 'isWhole'>

const message = z.looseObject({ role: z.string().min(1) })
const messages = z.array(message).min(1)
const text = z.string().min(1)

/** The answer that a conversation ends with. */
const conversation = messages.refine(
  (list) => list.at(-1)?.role === 'assistant',
  'its last message has to be of the assistant',
)

const asMessages = (completion: string | readonly ChatMessage[]): readonly ChatMessage[] =>
  typeof completion === 'string' ? [{ role: 'assistant', content: completion }] : completion

/** The layouts of a row, by the names that fields have in TRL's data. */
const layouts = [
  z
    .looseObject({ prompt: z.string(), completion: text })
    .transform(({ prompt, completion }): Parts => ({ prompt, completion, isWhole: false })),
  z
    .looseObject({ prompt: messages, completion: z.union([text, messages]) })
    .transform(
      ({ prompt, completion }): Parts => ({ prompt, completion: asMessages(completion), isWhole: false }),
    ),
  z
    .looseObject({ messages: conversation })
    .transform(
      ({ messages: all }): Parts => ({ prompt: all.slice(0, -1), completion: all.slice(-1), isWhole: true }),
    ),
  z
    .looseObject({ text })
    .transform(({ text: completion }): Parts => ({ prompt: '', completion, isWhole: false })),
]

const expected =
  'expected prompt and completion (both text, or both lists of {role, content}), a list messages that ends with one of the assistant, or text'

/**
 * The text of a row and what it goes on after: `{prompt, completion}`, `{messages}` or `{text}`.
 * @throws PrefkitError `BAD_ROW` naming file and line.
 */
export function completionRow({ place, value }: LocatedRow): CompletionRow {
  const where = placeText(place)
  for (const layout of layouts) {
    const parsed = layout.safeParse(value)
    if (parsed.success) return { place: where, row: value, ...parsed.data }
  }
  throw new PrefkitError('BAD_ROW', `${where}: ${expected}; got ${describeFields(value)}`)
}
