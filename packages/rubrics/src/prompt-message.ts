/** One message of a conversation, as chat models take it. */
export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** What a response answers: the text of a prompt, or the messages of a conversation up to the response. */
export type Conversation = string | readonly PromptMessage[]
