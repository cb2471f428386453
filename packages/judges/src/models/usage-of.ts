import { checkOptions, checkRange } from '../check-options'
import type { Usage } from '../usage'

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

/** The token counts of an answer. */
export interface TokenCounts {
  readonly promptTokens: number
  readonly completionTokens: number
  /** Of the prompt's, those from the server's cache. */
  readonly cachedPromptTokens?: number
}

const MILLION = 1e6

/** The usage of one answered request. */
export function usageOf(counts: TokenCounts, prices: Prices | undefined): Usage {
  const { promptTokens, completionTokens, cachedPromptTokens = 0 } = counts
  const usage = { calls: 1, cachedCalls: 0, promptTokens, completionTokens }
  if (!prices) return usage
  const { prompt, completion, cachedPrompt = prompt } = prices
  const sent = (promptTokens - cachedPromptTokens) * prompt + cachedPromptTokens * cachedPrompt
  return { ...usage, cost: (sent + completionTokens * completion) / MILLION }
}

const asCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

/** OpenAI's `usage`; undefined where it is missing or has no counts. */
export function readTokenCounts(usage: unknown): TokenCounts | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = usage as Record<string, unknown>
  const promptTokens = asCount(prompt_tokens)
  if (promptTokens === undefined) return undefined
  const details = prompt_tokens_details as { cached_tokens?: unknown } | null | undefined
  const cached = Math.min(asCount(details?.cached_tokens) ?? 0, promptTokens)
  return { promptTokens, completionTokens: asCount(completion_tokens) ?? 0, cachedPromptTokens: cached }
}
