import { div, neg, reduceSum } from '@prefkit/tensor'
import type { LossFunction } from './loss'

/**
 * Supervised fine-tuning: the mean over all targets of the batch of −ln p(token | the tokens before it), as TRL and
 * transformers have it with `num_items_in_batch`. Metric: `mean_token_accuracy`.
 */
export const sftLoss: LossFunction = ({ logProbs, correct, totals }) => ({
  loss: div(neg(reduceSum(logProbs)), totals.targets),
  ...(correct ? { metrics: { mean_token_accuracy: div(reduceSum(correct), totals.targets) } } : {}),
})
