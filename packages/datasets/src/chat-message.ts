/** One turn of a conversation. */
export interface ChatMessage {
  /** Who speaks: `user`, `assistant` or `system`, or another role the data uses. */
  readonly role: string
  readonly content: string
}

/** A prompt or a response as its data set gives it: plain text, or a list of chat messages. */
export type TextOrChat = string | readonly ChatMessage[]

/** A prompt as chat messages: plain text becomes one `user` message, and empty text becomes none. */
export function promptMessages(prompt: TextOrChat): readonly ChatMessage[] {
  if (typeof prompt !== 'string') return prompt
  return prompt === '' ? [] : [{ role: 'user', content: prompt }]
}

/** A response as chat messages: plain text becomes one `assistant` message. */
export function responseMessages(response: TextOrChat): readonly ChatMessage[] {
  return typeof response === 'string' ? [{ role: 'assistant', content: response }] : response
}
