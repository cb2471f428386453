import { z } from 'zod'
import type { ChatMessage, TextOrChat } from '../chat-message'
import type { Dialect, Row } from './dialect'
import { chat, looksLikeChat, parseFields, simplifyResponse } from './fields'
import { rowFacts } from './row-facts'
import { splitSharedMessages } from './shared-prefix'

const turns = chat.min(1, 'expected at least one message')
const schema = z.object({ chosen: turns, rejected: turns })

/** The prompt and responses of two whole conversations; text in `prompt` is the prompt where they share nothing. */
export function splitConversations(row: Row): {
  prompt: TextOrChat
  chosen: TextOrChat
  rejected: TextOrChat
} {
  const whole = parseFields(schema, row)
  const { prompt, chosen, rejected } = splitSharedMessages(whole.chosen, whole.rejected)
  const given = typeof row.prompt === 'string' ? row.prompt : ''
  const asked: readonly ChatMessage[] = given === '' ? [] : [{ role: 'user', content: given }]
  const messages = prompt.length > 0 ? prompt : asked
  return {
    prompt: messages.length === 0 ? '' : messages,
    chosen: simplifyResponse(chosen),
    rejected: simplifyResponse(rejected),
  }
}

/** TRL's conversational layout without a prompt: the messages both conversations start with are the prompt. */
export const trlConversationalImplicit: Dialect = {
  name: 'trl-conversational-implicit',
  title: 'TRL conversational preference with an implicit prompt: chosen and rejected as whole conversations',
  fields: ['chosen', 'rejected'],
  detect: ({ prompt, chosen, rejected }) =>
    !Array.isArray(prompt) && looksLikeChat(chosen) && looksLikeChat(rejected)
      ? 'chosen and rejected are lists of messages and no prompt is one'
      : undefined,
  parse: (row, context) => ({ comparisons: [{ ...rowFacts(row, context), ...splitConversations(row) }] }),
}
