import type { ChatMessage } from '../chat-message'

/** Number of leading UTF-16 units that two texts share, never ending between the halves of a surrogate pair. */
export function sharedPrefixLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length)
  let length = 0
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++
  const last = a.charCodeAt(length - 1)
  return last >= 0xd800 && last < 0xdc00 ? length - 1 : length
}

const sameMessage = (a: ChatMessage, b: ChatMessage): boolean => a.role === b.role && a.content === b.content

/**
 * Splits two conversations into the messages they share and what follows in each. At least one message is left to
 * each side, so two equal conversations differ in their last message.
 */
export function splitSharedMessages(
  chosen: readonly ChatMessage[],
  rejected: readonly ChatMessage[],
): { prompt: readonly ChatMessage[]; chosen: readonly ChatMessage[]; rejected: readonly ChatMessage[] } {
  const limit = Math.min(chosen.length, rejected.length) - 1
  let length = 0
  while (length < limit && sameMessage(chosen[length]!, rejected[length]!)) length++
  return { prompt: chosen.slice(0, length), chosen: chosen.slice(length), rejected: rejected.slice(length) }
}
