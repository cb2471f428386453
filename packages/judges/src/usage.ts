import { checkItem } from './check-arguments'
import { checkOptions, checkRange } from './check-options'

/** What calls to a model used; sums of usages are usages. */
export interface Usage {
  /** Requests that the model answered. Attempts that failed and were repeated are not counted, nor their tokens. */
  readonly calls: number
  /** Requests that a cache answered; they cost nothing. */
  readonly cachedCalls: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** In the currency of the prices given; absent where no prices were. */
  readonly cost?: number
  /** What calls used whose cost nobody knows, where `cost` is that of others only. */
  readonly unpriced?: CallCounts
}

/** Calls and their tokens. */
export type CallCounts = Pick<Usage, 'calls' | 'promptTokens' | 'completionTokens'>

/** What tokens cost, for a million of them, in a currency of your choice. */
export interface Prices {
  /** Tokens of prompts. */
  readonly prompt: number
  /** Prompt tokens that the server took from a cache of its own. Default: as `prompt`. */
  readonly cachedPrompt?: number
  /** Tokens of completions. */
  readonly completion: number
}

/** Throws `OUT_OF_RANGE` for prices that are no numbers of at least 0. */
export function checkPrices(prices: Prices): void {
  checkOptions('prices', prices, { prompt: true, cachedPrompt: true, completion: true })
  checkRange('prices.prompt', prices.prompt, 0)
  checkRange('prices.completion', prices.completion, 0)
  if (prices.cachedPrompt !== undefined) checkRange('prices.cachedPrompt', prices.cachedPrompt, 0)
}

/** The token counts of an answer, or of several. */
export interface TokenCounts {
  readonly promptTokens: number
  readonly completionTokens: number
  /** Of the prompt's, those from the server's cache. */
  readonly cachedPromptTokens?: number
}

const MILLION = 1e6

/**
 * What the tokens of a usage cost at these prices, in their currency. Answers from a cache have no tokens and cost nothing;
 * a usage does not say which prompt tokens the server had cached, so that all are charged in full.
 * @throws JudgeError `INVALID_INPUT`, `INVALID_OPTION`; `OUT_OF_RANGE` for counts and prices that are no numbers of at least 0.
 */
export function costOf(counts: Usage | TokenCounts, prices: Prices): number {
  checkItem('counts', counts, [])
  checkPrices(prices)
  const { promptTokens, completionTokens } = counts
  const cached = 'cachedPromptTokens' in counts ? (counts.cachedPromptTokens ?? 0) : 0
  checkRange('counts.promptTokens', promptTokens, 0)
  checkRange('counts.completionTokens', completionTokens, 0)
  checkRange('counts.cachedPromptTokens', cached, 0, promptTokens)
  const { prompt, completion, cachedPrompt = prompt } = prices
  const sent = (promptTokens - cached) * prompt + cached * cachedPrompt
  return (sent + completionTokens * completion) / MILLION
}

/** What nothing costs: the usage of judges that ask no model. */
export const noUsage: Usage = { calls: 0, cachedCalls: 0, promptTokens: 0, completionTokens: 0 }

/** What an answer from a cache used. It has no cost of 0, or a sum with unpriced usages would pass for priced. */
export const cachedUsage: Usage = { ...noUsage, cachedCalls: 1 }

const addCounts = (x: CallCounts, y: CallCounts): CallCounts => ({
  calls: x.calls + y.calls,
  promptTokens: x.promptTokens + y.promptTokens,
  completionTokens: x.completionTokens + y.completionTokens,
})

/** What of a usage has no cost: all of it, or what a sum says. */
export const unpricedOf = ({ cost, unpriced, ...whole }: Usage): CallCounts =>
  unpriced ?? (cost === undefined ? whole : noUsage)

const hasCalls = ({ calls, promptTokens, completionTokens }: CallCounts): boolean =>
  calls > 0 || promptTokens > 0 || completionTokens > 0

function costs(x: Usage, y: Usage): Pick<Usage, 'cost' | 'unpriced'> {
  if (x.cost === undefined && y.cost === undefined) return {}
  const cost = (x.cost ?? 0) + (y.cost ?? 0)
  const unpriced = addCounts(unpricedOf(x), unpricedOf(y))
  return hasCalls(unpriced) ? { cost, unpriced } : { cost }
}

const add = (x: Usage, y: Usage): Usage => ({
  ...addCounts(x, y),
  cachedCalls: x.cachedCalls + y.cachedCalls,
  ...costs(x, y),
})

/**
 * What several calls used together. The cost is that of those which have one, and `unpriced` what the others used; where none
 * has a cost, there is neither.
 */
export const sumUsages = (usages: readonly Usage[]): Usage => usages.reduce(add, noUsage)
