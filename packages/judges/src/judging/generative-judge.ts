import type { PairAnswer, PairFormat, PairItem } from '@prefkit/rubrics'
import type { CallOptions, ChatModel } from '../chat-model'
import { checkArguments, checkPair } from '../check-arguments'
import { checkOptions, type OptionNames } from '../check-options'
import type { Judge, Reading } from '../judge'
import { runTogether } from '../run-together'
import { sumUsages } from '../usage'
import {
  askVotes,
  checkVoting,
  reasonOf,
  type Vote,
  type VotingOptions,
  valueOf,
  votingIdentity,
  votingNames,
} from './ask-votes'
import { asWinOfA, type First } from './combine-orders'
import {
  type ConclusionOptions,
  checkConclusion,
  concludeReadings,
  conclusionNames,
} from './conclude-readings'
import { definedOnly } from './defined-only'
import { checkOrders, type Orders, ordersOf, showPair } from './show-pair'
import { winOfVerdict } from './win-of-verdict'

/** Options of {@link generativeJudge}. */
export interface GenerativeJudgeOptions extends VotingOptions, ConclusionOptions {
  /** Names the judge in reports. Default: the model's and the format's names. */
  readonly name?: string
  /**
   * In which orders each pair is shown: `both`, `given`, or one at `random`, drawn by `seed`. Default: `both`, with
   * `votes` questions each.
   */
  readonly orders?: Orders
}

const names: OptionNames<GenerativeJudgeOptions> = {
  ...votingNames,
  ...conclusionNames,
  name: true,
  orders: true,
}

function readVote(first: First, { sample, text, parsed }: Vote<PairAnswer>, votes: number): Reading {
  const answer = valueOf(parsed)
  const reason = reasonOf(parsed)
  return {
    first,
    ...(votes > 1 ? { sample } : {}),
    provenance: 'parsed',
    ...(answer ? { winProbability: asWinOfA(first, winOfVerdict[answer.preferred]) } : {}),
    text,
    parse: parsed.status,
    ...(reason === undefined ? {} : { reason }),
  }
}

/**
 * A judge that writes its verdict: shown each pair in both orders and asked `votes` times in each (self-consistency),
 * with a sample number and a seed of its own for every vote. The win probability is the share of votes, a tie half a
 * vote, the mean over orders. Answers that cannot be read are no votes, and stay in the readings with the reason; an
 * order in which none could be read leaves the judgement `abstained`.
 *
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`. `compare` rejects with what the model or the format throws.
 */
export function generativeJudge(
  model: ChatModel,
  format: PairFormat,
  options: GenerativeJudgeOptions = {},
): Judge {
  checkArguments({ model, format })
  checkOptions('generativeJudge', options, names)
  checkVoting(options)
  checkConclusion(options)
  const { orders = 'both', votes = 1, seed, inconsistent = 'mean', tieMargin = 0 } = options
  checkOrders(orders)
  async function ask(pair: PairItem, first: First, call?: CallOptions) {
    const cast = await askVotes(model, format, showPair(pair, first), options, call)
    return cast.map((vote) => ({ reading: readVote(first, vote, votes), usage: vote.usage }))
  }
  return {
    name: options.name ?? `${model.name}, ${format.name}`,
    identity: {
      judge: 'generative',
      model: model.identity,
      format: format.name,
      orders,
      ...votingIdentity(options),
      ...definedOnly({ inconsistent, tieMargin }),
    },
    async compare(pair, call) {
      checkPair(pair)
      const asking = ordersOf(pair, orders, seed).map((first) => (own: CallOptions) => ask(pair, first, own))
      const asked = await runTogether(asking, call)
      const readings = asked.flat().map(({ reading }) => reading)
      const usage = sumUsages(asked.flat().map((vote) => vote.usage))
      return concludeReadings(readings, usage, { inconsistent, tieMargin })
    },
  }
}
