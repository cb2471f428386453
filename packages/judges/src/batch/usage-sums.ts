import type { Usage } from '../usage'

/** What tokens cost, in any one currency. */
export interface Prices {
  /** Price of a million tokens of prompts. */
  readonly promptTokens: number
  /** Price of a million tokens of completions. */
  readonly completionTokens: number
}

/** No calls at all; the sum of no usages. */
export const noUsage: Usage = { calls: 0, cachedCalls: 0, promptTokens: 0, completionTokens: 0 }

/** What an answer from a cache used. */
export const cachedUsage: Usage = { ...noUsage, cachedCalls: 1, cost: 0 }

const addUsage = (left: Usage, right: Usage): Usage => {
  const sums = {
    calls: left.calls + right.calls,
    cachedCalls: left.cachedCalls + right.cachedCalls,
    promptTokens: left.promptTokens + right.promptTokens,
    completionTokens: left.completionTokens + right.completionTokens,
  }
  const cost = addCosts(left, right)
  return cost === undefined ? sums : { ...sums, cost }
}

/** A usage without calls says nothing about prices, so that it does not hide the cost of others. */
function addCosts(left: Usage, right: Usage): number | undefined {
  if (left.cost !== undefined && right.cost !== undefined) return left.cost + right.cost
  const [known, other] = left.cost === undefined ? [right, left] : [left, right]
  return other.calls === 0 ? known.cost : undefined
}

/** Adds up usages; the cost is absent where that of any call is. */
export const sumUsage = (usages: Iterable<Usage>): Usage => {
  let sum = noUsage
  for (const usage of usages) sum = addUsage(sum, usage)
  return sum
}

/** What the tokens of a usage cost at these prices, in their currency. Answers from a cache have no tokens. */
export const costOf = (usage: Usage, prices: Prices): number =>
  (usage.promptTokens * prices.promptTokens + usage.completionTokens * prices.completionTokens) / 1e6
