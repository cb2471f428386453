import type { JudgeFormat, ParseContext, Parsed } from '@prefkit/rubrics'
import type { CallOptions, ChatModel, ChatRequest } from '../chat-model'
import { checkInteger, checkRange, type OptionNames } from '../check-options'
import { JudgeError } from '../judge-error'
import { runTogether } from '../run-together'
import type { Usage } from '../usage'
import { definedOnly } from './defined-only'

/** How a model is asked for text, and how often. */
export interface VotingOptions {
  /** How many times each question is asked, at least 1; the share of votes is the probability. Default: 1. */
  readonly votes?: number
  /** Sampling temperature, 0 or more; above 0 for several votes, which would be alike. Default: the model's own. */
  readonly temperature?: number
  /** Nucleus of sampling, in (0, 1]. Default: the model's own. */
  readonly topP?: number
  /** Longest answer in tokens, at least 1. Default: the model's own. */
  readonly maxTokens?: number
  /** Seed of sample 0, an integer of at least 0; sample i has seed + i. Default: none is sent. */
  readonly seed?: number
  /**
   * Which time the same is asked, from 0. Run r draws the samples r × votes, r × votes + 1, …, which a cache has not seen
   * in the runs before: so a judge is tested and retested. Default: 0.
   */
  readonly run?: number
  /** Texts that end an answer. Default: none. */
  readonly stop?: readonly string[]
}

/** The names of {@link VotingOptions}. */
export const votingNames: OptionNames<VotingOptions> = {
  votes: true,
  temperature: true,
  topP: true,
  maxTokens: true,
  seed: true,
  run: true,
  stop: true,
}

/** Throws `OUT_OF_RANGE` for what is no way to ask. */
export function checkVoting(options: VotingOptions): void {
  const { votes = 1, temperature, topP, maxTokens, seed, run = 0 } = options
  checkInteger('votes', votes, 1)
  checkInteger('run', run, 0)
  if (temperature !== undefined) checkRange('temperature', temperature, 0)
  if (topP !== undefined) checkRange('topP', topP, Number.MIN_VALUE, 1)
  if (maxTokens !== undefined) checkInteger('maxTokens', maxTokens, 1)
  if (seed !== undefined) checkInteger('seed', seed, 0)
  if (votes === 1 || temperature !== 0) return
  const message = `temperature is 0 and votes is ${votes}; expected a temperature above 0, or votes would be alike`
  throw new JudgeError('OUT_OF_RANGE', 'temperature', message)
}

/** What of the options tells judgements apart. */
export const votingIdentity = ({ votes = 1, run = 0, ...rest }: VotingOptions): Record<string, unknown> => {
  const { temperature, topP, maxTokens, seed, stop } = rest
  return definedOnly({ votes, run, temperature, topP, maxTokens, seed, stop })
}

/** One vote: what the model wrote, and what it says. */
export interface Vote<Answer> {
  readonly sample: number
  readonly text: string
  readonly parsed: Parsed<Answer>
  readonly usage: Usage
}

/** What the server says of the end of a text, for the parser: `<answer>1` of a text that was cut off may become 10. */
const contextOf = (finishReason: string): ParseContext =>
  finishReason === 'length' ? { cutOff: true } : finishReason === 'stop' ? { cutOff: false } : {}

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
  { votes = 1, seed, run = 0, ...sampling }: VotingOptions,
  call?: CallOptions,
): Promise<Vote<Answer>[]> {
  const messages = format.render(item)
  const { temperature, topP, maxTokens, stop } = sampling
  async function ask(sample: number, own: CallOptions): Promise<Vote<Answer>> {
    const vote = { sample, seed: seed === undefined ? undefined : seed + sample }
    const request = definedOnly({ messages, temperature, topP, maxTokens, stop, ...vote })
    // definedOnly keeps the fields and forgets their types.
    const { text, finishReason, usage } = await model.complete(request as unknown as ChatRequest, own)
    const parsed = format.parse(text, item, contextOf(finishReason))
    return { sample, text, parsed: explainCut(parsed, finishReason), usage }
  }
  const asking = Array.from({ length: votes }, (_, i) => (own: CallOptions) => ask(run * votes + i, own))
  return runTogether(asking, call)
}

/** The value of a parse that has one. */
export const valueOf = <Answer>(parsed: Parsed<Answer>): Answer | undefined =>
  'value' in parsed ? parsed.value : undefined

/** Why a parse has no value. */
export const reasonOf = (parsed: Parsed<unknown>): string | undefined =>
  'reason' in parsed ? parsed.reason : undefined
