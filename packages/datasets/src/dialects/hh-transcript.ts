import type { ChatMessage } from '../chat-message'

/** What opens a turn of the assistant in an HH transcript. */
export const ASSISTANT_MARK = '\n\nAssistant:'

/** What opens a turn of the human in an HH transcript. */
export const HUMAN_MARK = '\n\nHuman:'

const markOf: Readonly<Record<string, string>> = { user: HUMAN_MARK, assistant: ASSISTANT_MARK }

/**
 * The turns of `\n\nHuman: …\n\nAssistant: …` as messages; undefined when text stands before the first turn. The
 * one space after each colon is the layout's, all other white space is the speaker's.
 */
export function parseTranscript(transcript: string): readonly ChatMessage[] | undefined {
  const parts = transcript.split(/\n\n(Human|Assistant):/)
  if (parts[0]!.trim() !== '') return undefined
  const messages: ChatMessage[] = []
  for (let i = 1; i < parts.length; i += 2) {
    messages.push({
      role: parts[i] === 'Human' ? 'user' : 'assistant',
      content: parts[i + 1]!.replace(/^ /, ''),
    })
  }
  return messages
}

/** Messages as a transcript; undefined when a role has no turn there or a text would be read as a turn. */
export function renderTranscript(messages: readonly ChatMessage[]): string | undefined {
  const turns = messages.map(({ role, content }) => {
    const mark = markOf[role]
    const opensTurn = content.includes(HUMAN_MARK) || content.includes(ASSISTANT_MARK)
    return mark === undefined || opensTurn ? undefined : `${mark} ${content}`
  })
  return turns.includes(undefined) ? undefined : turns.join('')
}
