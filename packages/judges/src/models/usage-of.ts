import { costOf, type Prices, type TokenCounts, type Usage } from '../usage'

/** The usage of one answered request. */
export function usageOf(counts: TokenCounts, prices: Prices | undefined): Usage {
  const { promptTokens, completionTokens } = counts
  const usage = { calls: 1, cachedCalls: 0, promptTokens, completionTokens }
  return prices ? { ...usage, cost: costOf(counts, prices) } : usage
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
