import { winProbability } from '@prefkit/evals'
import type { PairFormat, PairItem } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkOptions, checkRange, formatValue, type OptionNames } from '../check-options'
import type { Judge, ProbabilityBounds, Reading } from '../judge'
import { JudgeError } from '../judge-error'
import type { LogprobProvider, NextTokenAnswer } from '../logprob-provider'
import type { Usage } from '../usage'
import { asWinOfA, boundsOfA, type First } from './combine-orders'
import {
  type ConclusionOptions,
  checkConclusion,
  concludeReadings,
  conclusionNames,
} from './conclude-readings'
import { definedOnly } from './defined-only'
import { checkOrders, type Orders, ordersOf, showPair } from './show-pair'
import { sumUsages } from './sum-usages'

/** Options of {@link logprobJudge}. */
export interface LogprobJudgeOptions extends ConclusionOptions {
  /** Names the judge in reports. Default: the provider's and the format's names. */
  name?: string
  /** In which orders each pair is shown: `both`, `given`, or one at `random`. Default: `both`. */
  orders?: Orders
  /** Seed of the order where `orders` is `random`; an integer. Default: 0. */
  seed?: number
  /**
   * Least probability of the next token being an answer at all, in [0, 1]; below it the reading has no answer. A model
   * that puts 0.001 on yes and 0.0001 on no has not understood the question. Default: 0.
   */
  minAnswerMass?: number
}

const names: OptionNames<LogprobJudgeOptions> = {
  ...conclusionNames,
  name: true,
  orders: true,
  seed: true,
  minAnswerMass: true,
}

/** log(e^x + e^y). */
function logAddExp(x: number, y: number): number {
  const [high, low] = x >= y ? [x, y] : [y, x]
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high))
}

/** The smallest σ(a − b) can be where `unseen` may be added to b's probability. */
const lowest = (a: number, b: number, unseen: number): number =>
  a === Number.NEGATIVE_INFINITY ? 0 : winProbability(a - logAddExp(b, Math.log(unseen)))

/** What P(first) may be, given upper bounds of what each answer has beyond what was seen. */
function boundsOfFirst(a: number, b: number, unseen: Readonly<Record<string, number>>): ProbabilityBounds {
  return { low: lowest(a, b, unseen.b ?? 0), high: 1 - lowest(b, a, unseen.a ?? 0) }
}

const nothingSeen: Readonly<Record<NextTokenAnswer['provenance'], string>> = {
  exact: 'both answers have the probability 0',
  'top-k': 'neither answer is among the most likely tokens',
  sampled: 'no sample is an answer',
}

/** Rounding may carry the logarithm of a sum of probabilities that add up to 1 this far above 0. */
const isLogprob = (x: number | undefined): x is number => x !== undefined && x <= 1e-3

/**
 * One order's reading of P(a is better) = σ(log P(answers for the first) − log P(answers for the second)), turned round
 * where b was first. One side at −∞ is certainty, as far as was seen; both are no answer.
 */
export function readNextToken(first: First, answer: NextTokenAnswer, minAnswerMass = 0): Reading {
  const { provenance, logprobs, unseen } = answer
  const base = { first, provenance }
  const { a, b } = logprobs
  if (!isLogprob(a) || !isLogprob(b)) {
    return { ...base, reason: `the log-probabilities are a: ${a}, b: ${b}; expected two of at most 0` }
  }
  const answerMass = Math.min(1, Math.exp(logAddExp(a, b)))
  if (answerMass === 0 && a === b) return { ...base, answerMass, reason: nothingSeen[provenance] }
  if (answerMass < minAnswerMass) {
    const reason = `the answers together have the probability ${answerMass}; expected at least ${minAnswerMass}`
    return { ...base, answerMass, reason }
  }
  const winOfA = asWinOfA(first, winProbability(a - b))
  if (provenance !== 'top-k') return { ...base, winProbability: winOfA, answerMass }
  // A provider that does not bound what it did not see leaves open all that is not answered.
  const rest = { a: 1 - answerMass, b: 1 - answerMass }
  const bounds = boundsOfA(first, boundsOfFirst(a, b, unseen ?? rest))
  return { ...base, winProbability: winOfA, bounds, answerMass }
}

interface Asked {
  readonly reading: Reading
  readonly usage: Usage
}

/**
 * A judge that reads win probabilities off the next token: for each order, P(first is better) = σ(ℓ), ℓ = logsumexp(Y) −
 * logsumexp(N) over the spellings of yes and no (or of the labels A and B), and P(a is better than b) = ½ [P(yes | a, b) +
 * P(no | b, a)]. Where only the k most likely tokens are known, what they leave open is in `bounds`; where the provider
 * samples instead, `provenance` says `sampled`.
 *
 * 2504.04950, the reward of pairwise RL.
 *
 * @param format one with `tokens`: its answer is the very next token
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`. `compare` rejects with what the provider or the format throws.
 */
export function logprobJudge(
  provider: LogprobProvider,
  format: PairFormat,
  options: LogprobJudgeOptions = {},
): Judge {
  checkOptions('logprobJudge', options, names)
  checkConclusion(options)
  const { orders = 'both', seed = 0, minAnswerMass = 0, inconsistent = 'mean', tieMargin = 0 } = options
  checkOrders(orders, seed)
  checkRange('minAnswerMass', minAnswerMass, 0, 1)
  const { tokens } = format
  if (!tokens) {
    const message = `format ${formatValue(format.name)} has no tokens; expected one whose answer is the next token`
    throw new JudgeError('INVALID_OPTION', 'format', message)
  }
  async function ask(pair: PairItem, first: First, call?: CallOptions): Promise<Asked> {
    const messages = format.render(showPair(pair, first))
    const answer = await provider.nextToken({ messages, answers: { ...tokens } }, call)
    return { reading: readNextToken(first, answer, minAnswerMass), usage: answer.usage }
  }
  return {
    name: options.name ?? `${provider.name}, ${format.name}`,
    identity: definedOnly({
      judge: 'logprob',
      provider: provider.identity,
      format: format.name,
      tokens,
      orders,
      seed: orders === 'random' ? seed : undefined,
      minAnswerMass,
      inconsistent,
      tieMargin,
    }),
    async compare(pair, call) {
      const asked = await Promise.all(ordersOf(pair, orders, seed).map((first) => ask(pair, first, call)))
      const usage = sumUsages(asked.map((answer) => answer.usage))
      return concludeReadings(
        asked.map(({ reading }) => reading),
        usage,
        { inconsistent, tieMargin },
      )
    },
  }
}
