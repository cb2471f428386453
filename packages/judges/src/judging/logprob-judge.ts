import type { PairFormat, PairItem } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkArguments, checkPair } from '../check-arguments'
import { checkOptions, checkRange, formatValue, type OptionNames } from '../check-options'
import type { Judge, Reading } from '../judge'
import { JudgeError } from '../judge-error'
import type { LogprobProvider } from '../logprob-provider'
import { runTogether } from '../run-together'
import type { Usage } from '../usage'
import { sumUsages } from '../usage'
import type { First } from './combine-orders'
import {
  type ConclusionOptions,
  checkConclusion,
  concludeReadings,
  conclusionNames,
} from './conclude-readings'
import { definedOnly } from './defined-only'
import { readNextToken } from './read-next-token'
import { checkOrders, type Orders, ordersOf, showPair } from './show-pair'

/** Options of {@link logprobJudge}. */
export interface LogprobJudgeOptions extends ConclusionOptions {
  /** Names the judge in reports. Default: the provider's and the format's names. */
  readonly name?: string
  /** In which orders each pair is shown: `both`, `given`, or one at `random`. Default: `both`. */
  readonly orders?: Orders
  /** Seed of the order where `orders` is `random`; an integer of at least 0. Default: 0. */
  readonly seed?: number
  /**
   * Least probability of the next token being an answer at all, in [0, 1]; below it the reading has no answer. A model
   * that puts 0.001 on yes and 0.0001 on no has not understood the question. Default: 0.
   */
  readonly minAnswerMass?: number
}

const names: OptionNames<LogprobJudgeOptions> = {
  ...conclusionNames,
  name: true,
  orders: true,
  seed: true,
  minAnswerMass: true,
}

interface Asked {
  readonly reading: Reading
  readonly usage: Usage
}

/**
 * A judge that reads win probabilities off the next token: for each order, P(first is better) = σ(ℓ), ℓ = logsumexp(Y)
 * − logsumexp(N) over the spellings of yes and no (or of the labels A and B), and P(a is better than b) = ½ [P(yes |
 * a, b) + P(no | b, a)]. Where only the k most likely tokens are known, what they leave open is in `bounds`; where the
 * provider samples instead, `provenance` says `sampled`.
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
  checkArguments({ provider, format })
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
      checkPair(pair)
      const asking = ordersOf(pair, orders, seed).map((first) => (own: CallOptions) => ask(pair, first, own))
      const asked = await runTogether(asking, call)
      const usage = sumUsages(asked.map((answer) => answer.usage))
      return concludeReadings(
        asked.map(({ reading }) => reading),
        usage,
        { inconsistent, tieMargin },
      )
    },
  }
}
