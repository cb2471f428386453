import { formatValue } from '../check-options'
import type { Conversation } from '../prompt-message'
import { RubricError } from '../rubric-error'
import { escapeControlTokens } from './escape-control-tokens'
import type { Fence } from './fence'

const ROLES: readonly unknown[] = ['system', 'user', 'assistant']

function refuse(place: string, value: unknown, expected: string): never {
  const found = Array.isArray(value) && value.length === 0 ? 'empty' : formatValue(value)
  throw new RubricError('INVALID_ITEM', place, `${place} is ${found}; expected ${expected}`)
}

/** Throws `INVALID_ITEM`, naming the place, for what is no text. */
export function checkText(place: string, value: unknown): void {
  if (typeof value !== 'string') refuse(place, value, 'a text')
}

/** Throws `INVALID_ITEM`, naming the place, for what is neither a text nor one or more messages. */
export function checkConversation(place: string, value: Conversation): void {
  if (typeof value === 'string') return
  if (!Array.isArray(value) || value.length === 0) {
    refuse(place, value, 'a text, or one or more messages')
  }
  for (const [i, message] of value.entries()) {
    if (!ROLES.includes(message?.role)) {
      refuse(`${place}[${i}].role`, message?.role, 'system, user or assistant')
    }
    checkText(`${place}[${i}].content`, message.content)
  }
}

/** The texts of a conversation, for a fence around them. */
export const conversationTexts = (conversation: Conversation): readonly string[] =>
  typeof conversation === 'string' ? [conversation] : conversation.map(({ content }) => content)

/** A conversation whose texts have no control tokens of models. */
export const escapeConversation = (conversation: Conversation): Conversation =>
  typeof conversation === 'string'
    ? escapeControlTokens(conversation)
    : conversation.map(({ role, content }) => ({ role, content: escapeControlTokens(content) }))

/**
 * A conversation between tags: `<prompt-…>` around a text, or a user's single message, which says the same; else
 * `<conversation-…>` around messages, each between tags of its role.
 */
export function wrapConversation({ wrap }: Fence, conversation: Conversation): string {
  if (typeof conversation === 'string') return wrap('prompt', conversation)
  const [first, second] = conversation
  if (first?.role === 'user' && second === undefined) return wrap('prompt', first.content)
  return wrap('conversation', conversation.map(({ role, content }) => wrap(role, content)).join('\n'))
}
