import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pairMetric } from './pair-metric'

/** log(1 + e^(−m)) without overflow. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/**
 * Mean Bradley-Terry loss of pairs, −p·log σ(m) − (1 − p)·log σ(−m) of margins m = s_chosen − s_rejected and preferences p,
 * weighted by the pairs' weights. Preferences are taken as they are, not smoothed: it is the log-loss of what was observed.
 *
 * Source: 2411.04991, equation of the Bradley-Terry loss. Proven against its definition (`metrics/bradley-terry.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without pairs, and for weights of pairs that are all zero.
 */
export function bradleyTerry(_: unknown, data: ObjectiveData): Metric {
  return pairMetric(
    'bradley_terry',
    false,
    data,
    (margin, p) => p * softplus(-margin) + (1 - p) * softplus(margin),
  )
}
