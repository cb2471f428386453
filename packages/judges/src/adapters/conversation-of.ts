import type { Conversation, PromptMessage } from '@prefkit/rubrics'

const isMessage = (value: unknown): value is PromptMessage => {
  const { role, content } = (value ?? {}) as Partial<Record<string, unknown>>
  return typeof content === 'string' && (role === 'system' || role === 'user' || role === 'assistant')
}

/** True for a list of messages with text. */
export const isConversation = (value: unknown): value is readonly PromptMessage[] =>
  Array.isArray(value) && value.length > 0 && value.every(isMessage)

/** A text of what frameworks hand over: strings as they are, anything else as JSON; undefined and null have none. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? undefined
      : JSON.stringify(value)

/** What was asked, of what frameworks call input: a text, a list of messages, or anything else as JSON. */
export const conversationOf = (value: unknown): Conversation =>
  isConversation(value) ? value : (textOf(value) ?? '')

/** As `conversationOf`, for frameworks that hand over a list of messages as JSON. */
export function conversationOfJson(text: string): Conversation {
  try {
    const value: unknown = JSON.parse(text)
    return isConversation(value) ? value : text
  } catch {
    return text
  }
}
