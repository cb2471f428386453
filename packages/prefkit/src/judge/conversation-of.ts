import { promptText, type TextOrChat } from '@prefkit/datasets'
import type { Conversation, PromptMessage } from '@prefkit/rubrics'

const roles: readonly string[] = ['system', 'user', 'assistant'] satisfies PromptMessage['role'][]

const isConversation = (messages: readonly { role: string }[]): messages is readonly PromptMessage[] =>
  messages.every(({ role }) => roles.includes(role))

/** A prompt as judges take it: one with roles that no judge knows is told as text. */
export const conversationOf = (prompt: TextOrChat): Conversation =>
  typeof prompt === 'string' || isConversation(prompt) ? prompt : promptText({ prompt })
