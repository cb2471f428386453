import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pairMetric } from './pair-metric'

/**
 * Share of the pairs, by weight, whose chosen row scores higher; equal scores count half. A pair of preference p counts p
 * one way and 1 − p the other.
 *
 * Source: the definition. Proven against it (`metrics/bradley-terry.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without pairs, and for weights of pairs that are all zero.
 */
export function pairwiseAccuracy(_: unknown, data: ObjectiveData): Metric {
  return pairMetric('pairwise_accuracy', true, data, (margin, p) => {
    if (margin === 0) return 0.5
    return margin > 0 ? p : 1 - p
  })
}
