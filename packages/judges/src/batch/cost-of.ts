import type { Prices } from '../models/usage-of'
import type { Usage } from '../usage'

/**
 * What the tokens of a usage cost at these prices, in their currency. Answers from a cache have no tokens and cost nothing;
 * a usage does not say which prompt tokens the server had cached, so that all are charged in full.
 */
export const costOf = (usage: Usage, prices: Prices): number =>
  (usage.promptTokens * prices.prompt + usage.completionTokens * prices.completion) / 1e6
