import { z } from 'zod'
import type { Dialect } from './dialect'
import { chat, looksLikeChat, parseFields, simplifyResponse } from './fields'
import { compact, rowFacts, rowTags } from './row-facts'

const turns = chat.min(1, 'expected at least one message')
const schema = z.object({ prompt: chat, chosen: turns, rejected: turns })

/** TRL's conversational preference layout with the prompt on its own. */
export const trlConversational: Dialect = {
  name: 'trl-conversational',
  title: 'TRL conversational preference: prompt, chosen and rejected as lists of messages',
  fields: ['prompt', 'chosen', 'rejected'],
  detect: ({ prompt, chosen, rejected }) =>
    Array.isArray(prompt) && looksLikeChat(chosen) && looksLikeChat(rejected)
      ? 'prompt, chosen and rejected are lists of messages'
      : undefined,
  parse: (row, context) => {
    const { prompt, chosen, rejected } = parseFields(schema, row)
    const comparison = {
      ...rowFacts(row, context),
      prompt: prompt.length === 0 ? '' : prompt,
      chosen: simplifyResponse(chosen),
      rejected: simplifyResponse(rejected),
      tags: rowTags(row, ['chosen_model', 'rejected_model']),
    }
    return { comparisons: [compact(comparison)] }
  },
}
