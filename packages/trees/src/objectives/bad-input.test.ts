import { describe, expect, it } from 'vitest'
import { createMetrics } from '../metrics/create-metrics'
import type { ParameterOptions } from '../parameters/parameters'
import { objectiveData } from '../testing/objective-data'
import { TreesError } from '../trees-error'
import { createObjective, type ObjectiveParameters } from './create-objective'
import type { CustomObjective } from './custom-objective'

const refusal = (attempt: () => unknown) => {
  try {
    attempt()
  } catch (error) {
    if (TreesError.isInstance(error)) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('not refused')
}

const create = (options: ParameterOptions, columns: Parameters<typeof objectiveData>[1], rows?: number) => {
  const { parameters, data } = objectiveData(options, columns, rows)
  return [createObjective(parameters, data), createMetrics(parameters, data)]
}

describe('labels', () => {
  it.each<[ParameterOptions, number[], string]>([
    [{ objective: 'poisson' }, [1, -1], 'label[1] is -1; poisson expects labels of at least 0'],
    [{ objective: 'tweedie' }, [0, 0], 'label is 0 everywhere; tweedie expects a label above 0'],
    [
      { objective: 'multiclass', num_class: 3 },
      [0, 3],
      'label[1] is 3; multiclass expects a class, a whole number from 0 to num_class − 1 = 2',
    ],
    [
      { objective: 'multiclassova', num_class: 3 },
      [0, 1.5],
      'label[1] is 1.5; multiclassova expects a class, a whole number from 0 to num_class − 1 = 2',
    ],
    [
      { objective: 'cross_entropy' },
      [0.5, 1.25],
      'label[1] is 1.25; cross_entropy expects a number from 0 to 1',
    ],
    [{ objective: 'regression', metric: 'gamma' }, [1, 0], 'label[1] is 0; gamma expects labels above 0'],
  ])('%o refuses %o', (options, label, message) => {
    expect(refusal(() => create(options, { label }))).toBe(`INVALID_DATA: ${message}`)
  })

  it.each<[number, string]>([
    [0.5, 'label[1] is 0.5; lambdarank expects a whole number from 0 to 2, as label_gain has 3 gains'],
    [3, 'label[1] is 3; lambdarank expects a whole number from 0 to 2, as label_gain has 3 gains'],
    [-1, 'label[1] is -1; lambdarank expects a whole number from 0 to 2, as label_gain has 3 gains'],
  ])('lambdarank refuses %d', (label, message) => {
    const attempt = () =>
      create({ objective: 'lambdarank', label_gain: [0, 1, 3] }, { label: [0, label], group: [2] })
    expect(refusal(attempt)).toBe(`INVALID_DATA: ${message}`)
  })

  it('NaN is no label, nor is a number beyond floats', () => {
    expect(refusal(() => create({}, { label: [0, Number.NaN] }))).toContain('INVALID_DATA: label[1] is NaN')
    expect(refusal(() => create({}, { label: [0, 1e39] }))).toContain('INVALID_DATA: label[1] is 1e+39')
  })
})

it('weights that are negative, NaN, or all zero', () => {
  const attempt = (weight: number[]) => refusal(() => create({}, { label: [0, 1], weight }))
  expect(attempt([1, -1])).toContain('INVALID_DATA: weight[1] is -1')
  expect(attempt([1, Number.NaN])).toContain('INVALID_DATA: weight[1] is NaN')
  expect(attempt([0, 0])).toBe('INVALID_DATA: weight is 0 everywhere; expected a weight above 0')
  expect(attempt([1])).toContain('DIMENSION_MISMATCH: weight has 1 entries')
  const lambda = () => create({ objective: 'cross_entropy_lambda' }, { label: [0, 1], weight: [0, 1] })
  expect(refusal(lambda)).toBe('INVALID_DATA: weight[0] is 0; cross_entropy_lambda expects weights above 0')
})

it('queries that are missing, or too long', () => {
  const label = new Array<number>(10_001).fill(1)
  expect(refusal(() => create({ objective: 'rank_xendcg' }, { label: [0, 1] }))).toContain(
    'INVALID_DATA: group is missing',
  )
  expect(refusal(() => create({ objective: 'lambdarank' }, { label, group: [label.length] }))).toBe(
    'INVALID_DATA: group has a query of 10001 rows; lambdarank expects at most 10000',
  )
  expect(refusal(() => create({ metric: 'ndcg' }, { label: [0, 1] }))).toContain(
    'INVALID_DATA: group is missing; ndcg',
  )
})

it('pairs that are missing, or weigh nothing', () => {
  const { parameters, data } = objectiveData({ metric: 'pairwise_accuracy' }, { label: [0, 1] })
  expect(refusal(() => createMetrics(parameters, data))).toBe(
    'INVALID_DATA: pairs is missing; pairwise_accuracy needs comparisons of rows',
  )
  const light = () =>
    create({ objective: 'bradley_terry' }, { pairs: { chosen: [0], rejected: [1], weight: [0] } }, 2)
  expect(refusal(light)).toBe('INVALID_DATA: pairs.weight is 0 everywhere; expected a weight above 0')
})

it('metrics of labels on data without', () => {
  const pairs = { chosen: [0], rejected: [1] }
  expect(refusal(() => create({ objective: 'bradley_terry', metric: 'auc' }, { pairs }, 2))).toBe(
    'INVALID_DATA: label is missing; auc needs one for each row',
  )
})

describe('names', () => {
  const { parameters, data } = objectiveData({}, { label: [0, 1] })
  it.each([
    ['rsme', "no metric 'rsme'; did you mean 'rmse'?"],
    ['mse', "no metric 'mse'; use 'l2'"],
    ['ndcg@5', "no metric 'ndcg@5'; use 'ndcg' and eval_at [5]"],
    ['None', "metric is 'None'; for none, use metric []"],
    ['constructor', "no metric 'constructor'; expected one of l1"],
  ])('no metric %s', (metric, message) => {
    expect(refusal(() => createMetrics({ ...parameters, metric: [metric] }, data))).toContain(
      `INVALID_PARAMETER: ${message}`,
    )
  })
})

describe('parameters that checkParameters did not see', () => {
  const { parameters, data } = objectiveData({}, { label: [0, 1] })
  it.each<[Partial<ObjectiveParameters>, string]>([
    [
      { objective: 'multiclass', num_class: 1 },
      'num_class is 1; multiclass expects the number of classes, at least 2',
    ],
    [{ objective: 'quantile', alpha: 1 }, 'alpha is 1; quantile expects a number above 0 and below 1'],
  ])('%o', (changed, message) => {
    expect(refusal(() => createObjective({ ...parameters, ...changed }, data))).toBe(
      `INVALID_PARAMETER: ${message}`,
    )
  })

  it('a metric of one score, where there are three', () => {
    const given = { ...parameters, num_class: 3, metric: ['auc'] }
    expect(refusal(() => createMetrics(given, data))).toBe(
      'INVALID_PARAMETER: metric auc is of one score for a row, and num_class is 3',
    )
  })
})

describe('custom', () => {
  const { parameters, data } = objectiveData({ objective: 'custom', num_class: 2 }, { label: [0, 1] })
  const run = (objective: CustomObjective) => {
    const created = createObjective(parameters, data, objective)
    const [gradients, hessians] = [new Float32Array(4), new Float32Array(4)]
    created.computeGradients(Float64Array.of(1, 2, 3, 4), gradients, hessians)
    return { created, gradients, hessians }
  }

  it('is asked for gradients at the scores, and told of the data', () => {
    const { created, gradients, hessians } = run((scores, { label, weight }) => {
      expect([...label, weight]).toEqual([0, 1, undefined])
      return { gradients: scores.map((score) => -score), hessians: [1, 2, 3, 4] }
    })
    expect([...gradients, ...hessians]).toEqual([-1, -2, -3, -4, 1, 2, 3, 4])
    expect(created).toMatchObject({ description: '', treesPerIteration: 2, numClass: 2 })
    expect([created.boostFromScore(0), created.needsTraining(1)]).toEqual([0, true])
  })

  it('is refused without a function, or a function without it', () => {
    expect(refusal(() => createObjective(parameters, data))).toContain(
      "INVALID_PARAMETER: objective is 'custom'",
    )
    const options = { ...parameters, objective: 'binary', num_class: 1 } as const
    const objective = () => ({ gradients: [0, 0], hessians: [1, 1] })
    expect(refusal(() => createObjective(options, data, objective))).toContain(
      "use objective 'custom' with it",
    )
  })

  it('has to answer with numbers, one for each score', () => {
    const zeros = [0, 0, 0, 0]
    expect(refusal(() => run(() => ({ gradients: [0, 0], hessians: zeros })))).toBe(
      'DIMENSION_MISMATCH: objective returned 2 gradients; expected 4, one for each score',
    )
    expect(refusal(() => run(() => ({ gradients: zeros, hessians: [1, 1, Number.NaN, 1] })))).toBe(
      'INVALID_DATA: objective returned hessians[2] NaN; expected a finite float',
    )
    // A function of JavaScript's may answer with nothing.
    const nothing = (() => undefined) as unknown as CustomObjective
    expect(refusal(() => run(nothing))).toContain('objective returned no gradients')
  })
})
