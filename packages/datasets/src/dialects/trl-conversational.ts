import { z } from 'zod'
import type { Dialect } from './dialect'
import { chat, looksLikeChat, parseFields, simplifyResponse } from './fields'
import { compact, rowFacts, rowTags } from './row-facts'

const turns = chat.min(1, 'expected at least one message')
const response = z.union([z.string(), turns])
const schema = z.object({ prompt: chat, chosen: response, rejected: response })

const looksLikeResponse = (value: unknown): boolean => typeof value === 'string' || looksLikeChat(value)

/** TRL's conversational preference layout with the prompt on its own; the responses may be plain text as well. */
export const trlConversational: Dialect = {
  name: 'trl-conversational',
  title:
    'TRL conversational preference: prompt as a list of messages, chosen and rejected as well or as text',
  fields: ['prompt', 'chosen', 'rejected'],
  detect: ({ prompt, chosen, rejected }) =>
    Array.isArray(prompt) && looksLikeResponse(chosen) && looksLikeResponse(rejected)
      ? 'the prompt is a list of messages'
      : undefined,
  parse: (row, context) => {
    const { prompt, chosen, rejected } = parseFields(schema, row)
    const comparison = {
      ...rowFacts(row, context),
      prompt: prompt.length === 0 ? '' : prompt,
      chosen: typeof chosen === 'string' ? chosen : simplifyResponse(chosen),
      rejected: typeof rejected === 'string' ? rejected : simplifyResponse(rejected),
      tags: rowTags(row, ['chosen_model', 'rejected_model']),
    }
    return { comparisons: [compact(comparison)] }
  },
}
