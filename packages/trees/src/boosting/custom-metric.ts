import { shown } from '../data/shown'
import type { CustomData } from '../objectives/custom-objective'
import { TreesError } from '../trees-error'

/** What a custom metric says. */
export interface CustomMetricValue {
  readonly name: string
  readonly value: number
  readonly higherIsBetter: boolean
}

/**
 * A metric of the user's, at raw scores `[classes × rows]`, class by class, which are the model's own memory and not to
 * be changed or kept. `dataset` is `training` or the name of a validation set.
 */
export type CustomMetric = (
  scores: Float64Array,
  data: CustomData,
  dataset: string,
) => CustomMetricValue | readonly CustomMetricValue[]

const isValue = (value: unknown): value is CustomMetricValue =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'value' in value &&
  typeof value.value === 'number' &&
  'higherIsBetter' in value &&
  typeof value.higherIsBetter === 'boolean'

/**
 * The values of a custom metric.
 *
 * @throws TreesError `INVALID_DATA` for what is no name, value and higherIsBetter.
 */
export function callMetric(
  metric: CustomMetric,
  scores: Float64Array,
  data: CustomData,
  dataset: string,
): readonly CustomMetricValue[] {
  const result: unknown = metric(scores, data, dataset)
  const values: readonly unknown[] = Array.isArray(result) ? result : [result]
  return values.map((value) => {
    if (isValue(value)) return value
    throw new TreesError(
      'INVALID_DATA',
      `metric returned ${shown(value)}; expected { name, value, higherIsBetter } or an array of them`,
    )
  })
}
