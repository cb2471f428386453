import type { PromptMessage } from '@prefkit/rubrics'
import type { CallOptions, ChatModel, ChatRequest } from '../chat-model'
import { JudgeError } from '../judge-error'
import { logSumExp } from '../log-sum-exp'
import type { LogprobProvider, NextTokenRequest } from '../logprob-provider'
import { checkAnswers } from './answer-logprobs'
import { exactAnswer } from './exact-answer'
import type { AnswerIds } from './token-ids'

/** What a language model in this process writes. */
export interface LocalCompletion {
  readonly text: string
  /** Such as `stop` or `length`. Default: `stop`. */
  readonly finishReason?: string
  readonly promptTokens: number
  readonly completionTokens: number
}

/** A language model in this process, as far as judges need it. */
export interface LocalLanguageModel {
  /** Names the model in reports and cache keys: one name for one set of weights. */
  readonly name: string
  /** Goes on after messages, in the model's own chat template. */
  readonly generate: (
    messages: readonly PromptMessage[],
    options: Omit<ChatRequest, 'messages' | 'sample'> & CallOptions,
  ) => Promise<LocalCompletion>
  /** Natural logarithms of the probabilities of every token of the vocabulary after messages, by token id. */
  readonly nextTokenLogprobs: (
    messages: readonly PromptMessage[],
    options: CallOptions,
  ) => Promise<Float32Array> | Float32Array
  /** The ids of a text in the middle of a text: no token before or after it is added, and no space. */
  readonly tokenize: (text: string) => readonly number[]
}

const stopped = (signal: AbortSignal | undefined, name: string) => {
  if (!signal?.aborted) return
  throw new JudgeError('ABORTED', 'signal', `${name} was aborted by the caller’s signal`, {
    cause: signal.reason,
  })
}

/** Throws `BAD_RESPONSE` for what are no log-probabilities: 32-bit floats of probabilities that add up to 1. */
function checkDistribution(name: string, logprobs: Float32Array): void {
  const total = logSumExp(Array.from(logprobs))
  if (Math.abs(total) < 1e-2) return
  const message = `${name}: the probabilities of the next token add up to ${Math.exp(total)}; expected 1 (are these logits?)`
  throw new JudgeError('BAD_RESPONSE', 'nextTokenLogprobs', message)
}

/** The single tokens that spell each answer. */
function singleTokens(
  { name, tokenize }: LocalLanguageModel,
  answers: NextTokenRequest['answers'],
): AnswerIds {
  const entries = Object.entries(answers).map(([answer, spellings]) => {
    const ids = spellings.map((spelling) => tokenize(spelling)).filter(({ length }) => length === 1)
    if (ids.length > 0) return [answer, [...new Set(ids.map(([id]) => id!))]] as const
    const all = spellings.map((spelling) => JSON.stringify(spelling)).join(', ')
    const message = `${name}: no spelling of the answer ${answer} (${all}) is a single token`
    throw new JudgeError('INVALID_INPUT', `answers.${answer}`, message)
  })
  return Object.fromEntries(entries)
}

/**
 * Probabilities of the next token from a model in this process: `exact`, as the whole vocabulary is there. Calls cost
 * nothing, and count the tokens of the prompt as 0, as nobody tells them.
 *
 * `nextToken` throws `INVALID_INPUT` where an answer has no spelling of one token, `BAD_RESPONSE` for what are no
 * log-probabilities, `ABORTED`, and what the model throws.
 */
export function localLogprobs(model: LocalLanguageModel): LogprobProvider {
  return {
    name: model.name,
    identity: { kind: 'local-logprobs', model: model.name },
    nextToken: async ({ messages, answers }, call = {}) => {
      checkAnswers(answers)
      stopped(call.signal, model.name)
      const ids = singleTokens(model, answers)
      const logprobs = await model.nextTokenLogprobs(messages, call)
      stopped(call.signal, model.name)
      checkDistribution(model.name, logprobs)
      const usage = { calls: 1, cachedCalls: 0, promptTokens: 0, completionTokens: 0 }
      return { ...exactAnswer(ids, (id) => logprobs[id] ?? Number.NEGATIVE_INFINITY), usage }
    },
  }
}

/** A chat model over a model in this process. `complete` throws `ABORTED`, and what the model throws. */
export function localChatModel(model: LocalLanguageModel): ChatModel {
  return {
    name: model.name,
    identity: { kind: 'local-chat', model: model.name },
    complete: async ({ messages, sample: _, ...request }, call = {}) => {
      stopped(call.signal, model.name)
      const completion = await model.generate(messages, { ...request, ...call })
      stopped(call.signal, model.name)
      const { text, finishReason = 'stop', promptTokens, completionTokens } = completion
      return { text, finishReason, usage: { calls: 1, cachedCalls: 0, promptTokens, completionTokens } }
    },
  }
}
