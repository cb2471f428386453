import { type ChatMessage, LmError, type LoadedLanguageModel, streamText } from '@prefkit/lm'
import type { SamplingChoice } from './generate-file'

/** A conversation with a model. */
export interface ChatSession {
  /** What was said so far, the system's message included. */
  readonly messages: readonly ChatMessage[]
  /**
   * The model's answer to the user, piece by piece. An answer that is stopped by the signal stays as far as it came; one that
   * fails is forgotten, with the question.
   * @throws LmError `CONTEXT_TOO_LONG`, `TEMPLATE_FAILED`.
   */
  say(text: string, signal?: AbortSignal): AsyncGenerator<string, void, undefined>
  /** Forgets what was said; the message of the system stays. */
  reset(): void
  /** Begins anew with another message of the system; none where there is no text. */
  setSystem(text: string | undefined): void
}

/** How a {@link ChatSession} begins. */
export interface ChatOptions {
  readonly system?: string | undefined
  readonly sampling: SamplingChoice
}

const opening = (system: string | undefined): ChatMessage[] =>
  system === undefined ? [] : [{ role: 'system', content: system }]

/**
 * A conversation that begins.
 * @throws LmError `NO_CHAT_TEMPLATE`.
 */
export function chatSession(model: LoadedLanguageModel, { system, sampling }: ChatOptions): ChatSession {
  if (!model.chatTemplate) {
    const problem = 'it has no chat template; give one by --chat-template, or use prefkit lm generate'
    throw new LmError('NO_CHAT_TEMPLATE', `${model.path}: ${problem}`)
  }
  let instruction = system
  let messages = opening(instruction)
  let turns = 0
  return {
    get messages() {
      return messages
    },
    async *say(text, signal) {
      const asked: ChatMessage[] = [...messages, { role: 'user', content: text }]
      // Each turn has random numbers of its own.
      const options = { ...sampling, firstIndex: turns++, ...(signal && { signal }) }
      let answer = ''
      try {
        for await (const { text: piece } of streamText(model, asked, options)) {
          answer += piece
          yield piece
        }
      } catch (error) {
        if (!signal?.aborted) throw error
      }
      messages = [...asked, { role: 'assistant', content: answer }]
    },
    reset() {
      messages = opening(instruction)
    },
    setSystem(next) {
      instruction = next
      messages = opening(next)
    },
  }
}
