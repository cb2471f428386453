import type { ChatMessage, TextOrChat } from './chat-message'
import type { Comparison } from './comparison'

const roleNames: Readonly<Record<string, string>> = { user: 'User', assistant: 'Assistant', system: 'System' }

/** A lone message of the expected role is its bare content; a conversation names the speaker of each turn. */
function renderChat(messages: readonly ChatMessage[], lone: string): string {
  const [first] = messages
  if (messages.length === 1 && first?.role === lone) return first.content
  return messages.map(({ role, content }) => `${roleNames[role] ?? role}: ${content}`).join('\n\n')
}

/**
 * The prompt of a comparison as text. Plain text and a single user message are returned as they are; a longer
 * conversation becomes `User: …`, `Assistant: …` blocks with an empty line between them.
 */
export function promptText({ prompt }: Pick<Comparison, 'prompt'>): string {
  return typeof prompt === 'string' ? prompt : renderChat(prompt, 'user')
}

/**
 * A response as text. Plain text and a single assistant message are returned as they are; several turns become
 * `Assistant: …`, `User: …` blocks with an empty line between them.
 */
export function responseText(response: TextOrChat): string {
  return typeof response === 'string' ? response : renderChat(response, 'assistant')
}
