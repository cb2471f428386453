import type { JudgeFormat, Parsed } from '@prefkit/rubrics'
import type { CallOptions, ChatModel, ChatRequest } from '../chat-model'
import { checkInteger, checkRange, type OptionNames } from '../check-options'
import { JudgeError } from '../judge-error'
import type { Usage } from '../usage'
import { definedOnly } from './defined-only'

/** How a model is asked for text, and how often. */
export interface VotingOptions {
  /** How many times each question is asked, at least 1; the share of votes is the probability. Default: 1. */
  votes?: number
  /** Sampling temperature, 0 or more; above 0 for several votes, which would be alike. Default: the model's own. */
  temperature?: number
  /** Nucleus of sampling, in (0, 1]. Default: the model's own. */
  topP?: number
  /** Longest answer in tokens, at least 1. Default: the model's own. */
  maxTokens?: number
  /** Seed of the first vote, an integer; vote i has seed + i. Default: none is sent. */
  seed?: number
  /** Texts that end an answer. Default: none. */
  stop?: readonly string[]
}

/** The names of {@link VotingOptions}. */
export const votingNames: OptionNames<VotingOptions> = {
  votes: true,
  temperature: true,
  topP: true,
  maxTokens: true,
  seed: true,
  stop: true,
}

/** Throws `OUT_OF_RANGE` for what is no way to ask. */
export function checkVoting({ votes = 1, temperature, topP, maxTokens, seed }: VotingOptions): void {
  checkInteger('votes', votes, 1)
  if (temperature !== undefined) checkRange('temperature', temperature, 0)
  if (topP !== undefined) checkRange('topP', topP, Number.MIN_VALUE, 1)
  if (maxTokens !== undefined) checkInteger('maxTokens', maxTokens, 1)
  if (seed !== undefined) checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  if (votes === 1 || temperature !== 0) return
  const message = `temperature is 0 and votes is ${votes}; expected a temperature above 0, or votes would be alike`
  throw new JudgeError('OUT_OF_RANGE', 'temperature', message)
}

/** What of the options tells judgements apart. */
export const votingIdentity = ({ votes = 1, ...rest }: VotingOptions): Record<string, unknown> => {
  const { temperature, topP, maxTokens, seed, stop } = rest
  return definedOnly({ votes, temperature, topP, maxTokens, seed, stop })
}

/** One vote: what the model wrote, and what it says. */
export interface Vote<Answer> {
  readonly sample: number
  readonly text: string
  readonly parsed: Parsed<Answer>
  readonly usage: Usage
}

/** A text that was cut off may lack its answer for that alone: the reason says so. */
function explainCut<Answer>(parsed: Parsed<Answer>, finishReason: string): Parsed<Answer> {
  if (parsed.status !== 'missing' || finishReason !== 'length') return parsed
  return { ...parsed, reason: `${parsed.reason} (the text was cut off at its longest)` }
}

/**
 * Asks a model about an item `votes` times, each a sample with a seed of its own, and reads each answer by the format.
 * Not exported by the package.
 */
export async function askVotes<Item, Answer>(
  model: ChatModel,
  format: JudgeFormat<Item, Answer>,
  item: Item,
  { votes = 1, seed, ...sampling }: VotingOptions,
  call?: CallOptions,
): Promise<Vote<Answer>[]> {
  const messages = format.render(item)
  const { temperature, topP, maxTokens, stop } = sampling
  async function ask(sample: number): Promise<Vote<Answer>> {
    const vote = { sample, seed: seed === undefined ? undefined : seed + sample }
    const request = definedOnly({ messages, temperature, topP, maxTokens, stop, ...vote })
    // definedOnly keeps the fields and forgets their types.
    const { text, finishReason, usage } = await model.complete(request as unknown as ChatRequest, call)
    return { sample, text, parsed: explainCut(format.parse(text, item), finishReason), usage }
  }
  return Promise.all(Array.from({ length: votes }, (_, sample) => ask(sample)))
}

/** The value of a parse that has one. */
export const valueOf = <Answer>(parsed: Parsed<Answer>): Answer | undefined =>
  'value' in parsed ? parsed.value : undefined

/** Why a parse has no value. */
export const reasonOf = (parsed: Parsed<unknown>): string | undefined =>
  'reason' in parsed ? parsed.reason : undefined
