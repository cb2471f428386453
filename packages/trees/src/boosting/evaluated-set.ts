import type { CheckedData } from '../data/checked-data'
import { createMetrics } from '../metrics/create-metrics'
import { customData } from '../objectives/custom-objective'
import type { Parameters } from '../parameters/parameters'
import type { EvaluatedSet } from './boosting-task'
import { type CustomMetric, callMetric } from './custom-metric'
import type { Scores } from './scores'

/** Whose scores are evaluated, and by what. */
export interface EvaluationSettings {
  readonly name: string
  readonly isTraining: boolean
  readonly parameters: Parameters
  /** As the model file has it: how scores become predictions. */
  readonly objective: string
  readonly custom: readonly CustomMetric[]
}

/** A data set whose metrics are computed at its scores: those of the parameters, then the user's own. */
export function createEvaluatedSet(
  data: CheckedData,
  scores: Scores,
  { name: dataset, isTraining, parameters, objective, custom }: EvaluationSettings,
): EvaluatedSet {
  const metrics = createMetrics(parameters, data)
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
