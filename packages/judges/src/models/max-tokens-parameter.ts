import { JudgeError } from '../judge-error'

/** What a limit of tokens is called in a request. OpenAI's newer models refuse the first name. */
export type MaxTokensParameter = 'max_tokens' | 'max_completion_tokens'

/** Whether a server refused `max_tokens` and names the other parameter. */
export const wantsMaxCompletionTokens = (error: unknown): boolean =>
  JudgeError.isInstance(error) && error.status === 400 && error.message.includes('max_completion_tokens')
