import type { StepMetrics } from '../step-record'

/** Name of the mean of a reward function's scores. */
export const rewardMean = (name: string): string => `rewards/${name}/mean`

/** Name of a number that was measured on what nothing is learnt from. */
export const evaluated = (name: string): string => `eval_${name}`

/** Numbers that were measured on what nothing is learnt from, under the names of such. */
export const asEvaluated = (metrics: StepMetrics): StepMetrics =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [evaluated(name), value]))
