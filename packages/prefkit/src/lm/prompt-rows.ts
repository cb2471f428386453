import type { ChatMessage } from '@prefkit/lm'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'
import type { LocatedRow } from '../tables/located-row'
import { placeText } from '../tables/place-text'

/** What a model goes on after: text as it stands, or a conversation for its chat template. */
export type Prompt = string | readonly ChatMessage[]

/** A row of a file of prompts. */
export interface PromptRow {
  /** Where it stands, for messages: `prompts.jsonl:3`. */
  readonly place: string
  readonly row: Readonly<Record<string, unknown>>
  readonly prompt: Prompt
}

const messages = z.array(z.looseObject({ role: z.string().min(1) })).min(1)
const text = z.string().min(1)

/** A prompt, by the names that it has in files. */
const layouts = [
  z.looseObject({ prompt: z.union([text, messages]) }).transform(({ prompt }) => prompt),
  z.looseObject({ messages }).transform(({ messages: prompt }) => prompt),
]

const expected =
  'expected a prompt that is text or a list of {role, content}, or a list messages; neither may be empty'

/**
 * The prompt of a row.
 * @throws PrefkitError `BAD_ROW` naming file and line.
 */
export function promptRow({ place, value }: LocatedRow): PromptRow {
  const where = placeText(place)
  for (const layout of layouts) {
    const parsed = layout.safeParse(value)
    if (parsed.success) return { place: where, row: value, prompt: parsed.data as Prompt }
  }
  throw new PrefkitError('BAD_ROW', `${where}: ${expected}; got ${describeFields(value)}`)
}

/** The fields of a row and what they are, for messages. */
export const describeFields = (row: Readonly<Record<string, unknown>>): string => {
  const fields = Object.entries(row).map(([name, field]) => `${name} (${kindOf(field)})`)
  return fields.length === 0 ? 'an empty object' : `the fields ${fields.join(', ')}`
}

const kinds: readonly (readonly [(value: unknown) => boolean, string])[] = [
  [(value) => value === null, 'null'],
  [(value) => value === '', 'empty text'],
  [(value) => Array.isArray(value) && value.length === 0, 'empty list'],
  [Array.isArray, 'list'],
]

const kindOf = (value: unknown): string => kinds.find(([isKind]) => isKind(value))?.[1] ?? typeof value
