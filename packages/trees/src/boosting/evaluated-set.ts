import type { CheckedData } from '../data/checked-data'
import type { Metric } from '../metrics/metric'
import { customData } from '../objectives/custom-objective'
import type { EvaluatedSet } from './boosting-task'
import { type CustomMetric, callMetric } from './custom-metric'
import type { Scores } from './scores'

/** Whose scores are evaluated, and by what. */
export interface EvaluationSettings {
  readonly name: string
  readonly isTraining: boolean
  readonly metrics: readonly Metric[]
  /** As the model file has it: how scores become predictions. */
  readonly objective: string
  readonly custom: readonly CustomMetric[]
}

/** A data set whose metrics are computed at its scores: the given ones, then the user's own. */
export function createEvaluatedSet(
  data: CheckedData,
  scores: Scores,
  { name: dataset, isTraining, metrics, objective, custom }: EvaluationSettings,
): EvaluatedSet {
  const given = customData(data)
  return {
    scores,
    hasMetrics: metrics.length + custom.length > 0,
    evaluate: () => [
      ...metrics.flatMap((metric) => {
        const values = metric.evaluate(scores.values, objective)
        const { higherIsBetter } = metric
        return metric.names.map((name, i) => {
          return { dataset, isTraining, metric: name, value: values[i]!, higherIsBetter }
        })
      }),
      ...custom.flatMap((metric) =>
        callMetric(metric, scores.values, given, dataset).map(({ name, value, higherIsBetter }) => {
          return { dataset, isTraining, metric: name, value, higherIsBetter }
        }),
      ),
    ],
  }
}

/** A data set that is not evaluated. */
export const unevaluatedSet = (scores: Scores): EvaluatedSet => ({
  scores,
  hasMetrics: false,
  evaluate: () => [],
})
