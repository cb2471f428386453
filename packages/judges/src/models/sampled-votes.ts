import type { CallOptions, ChatModel } from '../chat-model'
import { checkArguments } from '../check-arguments'
import { checkInteger, checkOptions, checkRange, type OptionNames } from '../check-options'
import type { LogprobProvider, NextTokenRequest } from '../logprob-provider'
import { runTogether } from '../run-together'
import { sumUsages } from '../usage'
import { checkAnswers } from './answer-logprobs'

/** Options of {@link sampledVotes}. */
export interface SampledVotesOptions {
  /** How many samples are drawn for each question, at least 1. Default: 10. */
  readonly samples?: number
  /** Above 0, or all samples would be the same. Default: 1, the model's own probabilities. */
  readonly temperature?: number
  /** Most tokens of a sample, at least 1: enough for a word and what comes before it. Default: 8. */
  readonly maxTokens?: number
  /** Seed of sample 0, an integer of at least 0; sample i has seed + i. Default: none is sent. */
  readonly seed?: number
  /**
   * Which time the same is asked, from 0. Run r draws the samples r × samples, r × samples + 1, …, which a cache has not
   * seen in the runs before: so answers are tested and retested. Default: 0.
   */
  readonly run?: number
}

const optionNames: OptionNames<SampledVotesOptions> = {
  samples: true,
  temperature: true,
  maxTokens: true,
  seed: true,
  run: true,
}

/** Quotes, brackets, emphasis and the like before the first word. */
const before = /^[\s\p{P}\p{S}]*/u
const word = /^[\p{L}\p{N}]+/u

/** A single letter that goes on as a sentence is an article, not an answer: `A better response would`. */
const goesOn = /^[^\S\n]+[\p{L}\p{N}]/u

/**
 * Which answer the first word of a text means: it must be a spelling, apart from white space around it; where none is,
 * one in other letters' case will do, if it is of one answer only. Undefined where the text has no answer there.
 */
export function firstWordAnswer(text: string, answers: NextTokenRequest['answers']): string | undefined {
  const rest = text.replace(before, '')
  const first = word.exec(rest)?.[0]
  if (first === undefined || (first.length === 1 && goesOn.test(rest.slice(1)))) return undefined
  const meaning = (fold: (word: string) => string) =>
    Object.keys(answers).filter((answer) =>
      answers[answer]!.some((each) => fold(each.trim()) === fold(first)),
    )
  const [exact] = meaning((each) => each)
  if (exact !== undefined) return exact
  const folded = meaning((each) => each.toLowerCase())
  return folded.length === 1 ? folded[0] : undefined
}

/**
 * Probabilities of answers by counting: a model is asked several times at temperature 1, and the first word of each answer
 * is a vote. For servers without log-probabilities; the provenance is `sampled`, and `samples` says how many were drawn.
 * With k samples a probability p has a standard error of √(p(1 − p)/k): 0.16 for ten samples of an even question.
 *
 * Samples without an answer count as drawn. `nextToken` throws what the model throws, for the first sample that fails; the
 * others are stopped.
 */
export function sampledVotes(model: ChatModel, options: SampledVotesOptions = {}): LogprobProvider {
  checkArguments({ model })
  checkOptions('sampledVotes', options, optionNames)
  const { samples = 10, temperature = 1, maxTokens = 8, seed, run = 0 } = options
  checkInteger('samples', samples, 1)
  checkInteger('maxTokens', maxTokens, 1)
  checkRange('temperature', temperature, Number.MIN_VALUE)
  checkInteger('run', run, 0)
  if (seed !== undefined) checkInteger('seed', seed, 0)
  const seeds = (sample: number) => (seed === undefined ? {} : { seed: seed + sample })
  const identity = { kind: 'sampled-votes', model: model.identity, samples, temperature, maxTokens, run }
  return {
    name: model.name,
    identity: seed === undefined ? identity : { ...identity, seed },
    nextToken: async ({ messages, answers }, call) => {
      checkAnswers(answers)
      const ask = (sample: number) => (each: CallOptions) =>
        model.complete({ messages, temperature, maxTokens, sample, ...seeds(sample) }, each)
      const asking = Array.from({ length: samples }, (_, i) => ask(run * samples + i))
      const completions = await runTogether(asking, call)
      const votes = completions.map(({ text }) => firstWordAnswer(text, answers))
      const share = (answer: string) => votes.filter((vote) => vote === answer).length / samples
      const logprobs = Object.keys(answers).map((answer) => [answer, Math.log(share(answer))])
      const usage = sumUsages(completions.map((completion) => completion.usage))
      return { provenance: 'sampled', logprobs: Object.fromEntries(logprobs), samples, usage }
    },
  }
}
