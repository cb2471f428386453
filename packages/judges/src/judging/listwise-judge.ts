import type { ListAnswer, ListFormat, ListItem } from '@prefkit/rubrics'
import type { CallOptions, ChatModel } from '../chat-model'
import { checkArguments, checkItem, checkPair, checkTexts } from '../check-arguments'
import { checkOptions, choose, type OptionNames } from '../check-options'
import type { Judge, Provenance, Reading } from '../judge'
import { JudgeError } from '../judge-error'
import { mean } from '../mean'
import { runTogether } from '../run-together'
import type { Usage } from '../usage'
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
import {
  type ConclusionOptions,
  checkConclusion,
  concludeReadings,
  conclusionNames,
} from './conclude-readings'

/** Options of {@link listwiseJudge}. */
export interface ListwiseJudgeOptions extends VotingOptions, ConclusionOptions {
  /** Names the judge in reports. Default: the model's and the format's names. */
  readonly name?: string
  /**
   * `both`: each list as given, and from its end; `given`: as given only. Default: `both`, with `votes` questions
   * each.
   */
  readonly orders?: 'both' | 'given'
}

/** One answer about a list. */
export interface ListReading extends Pick<Reading, 'sample' | 'provenance' | 'text' | 'parse' | 'reason'> {
  /** Indices into the item's responses, in the order in which they were shown. */
  readonly shown: readonly number[]
  /** Indices into the item's responses, best first; absent where the answer could not be read. */
  readonly ranking?: readonly number[]
}

/** A judge's order of several responses. */
export interface ListJudgement {
  /** Indices of the responses, best first; equal mean ranks by index. Absent unless each order shown has an answer. */
  readonly ranking?: readonly number[]
  /** Mean rank of each response, 0 the best: the mean over orders; absent with `ranking`. */
  readonly meanRanks?: readonly number[]
  readonly readings: readonly ListReading[]
  readonly provenance: Provenance
  readonly usage: Usage
}

/** A judge that puts several responses in order at once. */
export interface RankingJudge extends Judge {
  readonly rank: (list: ListItem, options?: CallOptions) => Promise<ListJudgement>
}

const names: OptionNames<ListwiseJudgeOptions> = {
  ...votingNames,
  ...conclusionNames,
  name: true,
  orders: true,
}

const arrangements: Readonly<Record<'both' | 'given', (indices: readonly number[]) => readonly number[][]>> =
  {
    both: (indices) => (indices.length > 1 ? [[...indices], indices.toReversed()] : [[...indices]]),
    given: (indices) => [[...indices]],
  }

function readVote(
  shown: readonly number[],
  { sample, text, parsed }: Vote<ListAnswer>,
  votes: number,
): ListReading {
  const [answer, reason] = [valueOf(parsed), reasonOf(parsed)]
  return {
    shown,
    ...(votes > 1 ? { sample } : {}),
    provenance: 'parsed',
    ...(answer ? { ranking: answer.ranking.map((place) => shown[place]!) } : {}),
    text,
    parse: parsed.status,
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Mean rank of each response over the readings that have a ranking; undefined where none has. */
function ranksOf(readings: readonly ListReading[], count: number): number[] | undefined {
  const rankings = readings.flatMap(({ ranking }) => (ranking ? [ranking] : []))
  if (rankings.length === 0) return undefined
  return Array.from({ length: count }, (_, i) => mean(rankings.map((ranking) => ranking.indexOf(i))))
}

/** Mean over orders; undefined unless each has ranks. */
function meanOverOrders(orders: readonly (number[] | undefined)[], count: number): number[] | undefined {
  const complete = orders.filter((ranks) => ranks !== undefined)
  if (complete.length < orders.length) return undefined
  return Array.from({ length: count }, (_, i) => mean(complete.map((ranks) => ranks[i]!)))
}

/** A ranking of the pair [a, b] as a reading of which is better. */
function asPairReading({ shown, ranking, ...rest }: ListReading): Reading {
  const win = ranking ? { winProbability: ranking[0] === 0 ? 1 : 0 } : {}
  return { first: shown[0] === 0 ? 'a' : 'b', ...win, ...rest }
}

/**
 * A judge that reads all responses at once and puts them in order. `rank` shows the list as given and from its end,
 * and orders by mean rank (Borda's count), so that a preference for a place in the list cancels; `compare` does so
 * with a list of two.
 *
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`; `EMPTY` (from `rank`) for no responses. `rank` and `compare`
 *   reject with what the model or the format throws.
 */
export function listwiseJudge(
  model: ChatModel,
  format: ListFormat,
  options: ListwiseJudgeOptions = {},
): RankingJudge {
  checkArguments({ model, format })
  checkOptions('listwiseJudge', options, names)
  checkVoting(options)
  checkConclusion(options)
  const { orders = 'both', inconsistent = 'mean', tieMargin = 0 } = options
  const arrange = choose('orders', orders, arrangements)
  async function ask({ responses, ...item }: ListItem, call?: CallOptions) {
    const shownOrders = arrange(responses.map((_, i) => i))
    const asking = shownOrders.map((shown) => async (own: CallOptions) => {
      const list = { ...item, responses: shown.map((i) => responses[i]!) }
      const votes = await askVotes(model, format, list, options, own)
      return {
        readings: votes.map((vote) => readVote(shown, vote, votes.length)),
        usages: votes.map((v) => v.usage),
      }
    })
    const asked = await runTogether(asking, call)
    const readings = asked.map((order) => order.readings)
    return { readings, usage: sumUsages(asked.flatMap(({ usages }) => usages)) }
  }
  return {
    name: options.name ?? `${model.name}, ${format.name}`,
    identity: {
      judge: 'listwise',
      model: model.identity,
      format: format.name,
      orders,
      ...votingIdentity(options),
      inconsistent,
      tieMargin,
    },
    async rank(list, call) {
      checkItem('list', list, [])
      checkTexts('responses', list.responses)
      if (list.responses.length === 0)
        throw new JudgeError('EMPTY', 'responses', 'responses is empty; expected one or more')
      const { readings, usage } = await ask(list, call)
      const count = list.responses.length
      const byOrder = readings.map((order) => ranksOf(order, count))
      const meanRanks = meanOverOrders(byOrder, count)
      const ranking =
        meanRanks && list.responses.map((_, i) => i).sort((i, j) => meanRanks[i]! - meanRanks[j]!)
      const ranked = ranking ? { ranking, meanRanks } : {}
      return { ...ranked, readings: readings.flat(), provenance: 'parsed', usage }
    },
    async compare(pair, call) {
      checkPair(pair)
      const { a, b, ...item } = pair
      const { readings, usage } = await ask({ ...item, responses: [a, b] }, call)
      return concludeReadings(readings.flat().map(asPairReading), usage, { inconsistent, tieMargin })
    },
  }
}
