import { describe, expect, it } from 'vitest'
import { createObjective } from '../objectives/create-objective'
import { goldenData, nameOf } from '../objectives/goldens/golden-data'
import { goldens } from '../objectives/goldens/load-goldens'
import { checkParameters } from '../parameters/check-parameters'
import type { ObjectiveName } from '../parameters/names'
import { createMetrics } from './create-metrics'

const { cases, defaults } = goldens.metrics

describe.each(cases.map((golden) => ({ golden, name: nameOf(golden) })))('$name', ({ golden }) => {
  it("has LightGBM's names and values", () => {
    const { parameters, data } = goldenData(golden)
    const { description } = createObjective(parameters, data)
    const scores = Float64Array.from(golden.scores)
    const ours = createMetrics(parameters, data).flatMap((metric) =>
      metric.evaluate(scores, description).map((value, i) => ({
        name: metric.names[i],
        value,
        higherIsBetter: metric.higherIsBetter,
      })),
    )
    const titles = (values: { name?: string | undefined; higherIsBetter: boolean }[]) =>
      values.map(({ name, higherIsBetter }) => ({ name, higherIsBetter }))
    // LightGBM's library says that more is better of r2; its Python, which the goldens are from, takes it for a loss.
    const theirs = golden.metrics.map((metric) =>
      metric.name === 'r2' ? { ...metric, higherIsBetter: true } : metric,
    )
    expect(titles(ours)).toEqual(titles(theirs))
    golden.metrics.forEach(({ name, value }, i) => {
      if (value === null) expect(ours[i]!.value, name).toBeNaN()
      else expect(Math.abs(ours[i]!.value - value), name).toBeLessThanOrEqual(1e-12 * Math.abs(value))
    })
  })
})

it.each(Object.entries(defaults))("the metric of %s is LightGBM's", (objective, names) => {
  const num_class = objective.startsWith('multiclass') ? 2 : 1
  // The goldens' objectives are some of ours.
  const parameters = checkParameters({ objective: objective as ObjectiveName, num_class, eval_at: [3] })
  expect(parameters.metric.map((name) => (name === 'ndcg' ? 'ndcg@3' : name))).toEqual(names)
})
