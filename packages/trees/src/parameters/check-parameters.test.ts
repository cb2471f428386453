import { describe, expect, it } from 'vitest'
import { expectTreesError } from '../testing/expect-trees-error'
import { checkParameters } from './check-parameters'
import { parameterAliases, unsupportedAliases, unsupportedParameters } from './parameter-names'
import type { ParameterOptions } from './parameters'
import { specifications } from './specifications'

/** Options as plain JavaScript gives them, past what the types allow. */
const loose = (options: Record<string, unknown>) => options as ParameterOptions

const warningsOf = (options: ParameterOptions) => {
  const warnings: string[] = []
  const parameters = checkParameters(options, (message) => warnings.push(message))
  return { parameters, warnings }
}

describe('checkParameters', () => {
  it("has LightGBM's defaults", () => {
    const { num_leaves, learning_rate, min_data_in_leaf, objective, metric, max_bin } = checkParameters({})
    expect({ num_leaves, learning_rate, min_data_in_leaf, objective, metric, max_bin }).toEqual({
      num_leaves: 31,
      learning_rate: 0.1,
      min_data_in_leaf: 20,
      objective: 'regression',
      metric: ['l2'],
      max_bin: 255,
    })
  })

  it('changes nothing when resolved parameters are given again', () => {
    const once = checkParameters({ seed: 7, objective: 'lambdarank', max_depth: 3, eval_at: [3, 1] })
    expect(checkParameters(once)).toEqual(once)
  })

  it('gives every default a value that its own check takes', () => {
    for (const [name, { value }] of Object.entries(specifications)) {
      expect(() => checkParameters(loose({ [name]: value })), name).not.toThrow()
    }
  })

  it('draws the other seeds from seed, where they are not given', () => {
    expect(checkParameters({ seed: 7 })).toMatchObject({
      data_random_seed: 61,
      bagging_seed: 17422,
      drop_seed: 15215,
      feature_fraction_seed: 7040,
      objective_seed: 15521,
    })
    expect(checkParameters({ seed: 7, bagging_seed: 5 }).bagging_seed).toBe(5)
    expect(checkParameters({}).bagging_seed).toBe(3)
  })

  it('takes one metric or several, each once', () => {
    expect(checkParameters({ metric: 'auc', objective: 'binary' }).metric).toEqual(['auc'])
    expect(checkParameters({ metric: ['l1', 'l2', 'l1'] }).metric).toEqual(['l1', 'l2'])
    expect(checkParameters({ metric: [] }).metric).toEqual([])
  })

  it.each([
    [{ num_leaves: 1 }, /num_leaves is 1; .* above 1 and of at most 131072/],
    [{ num_leaves: 31.5 }, /num_leaves is 31.5; expected an integer/],
    [{ learning_rate: 0 }, /learning_rate is 0; .* above 0/],
    [{ learning_rate: Number.NaN }, /learning_rate is NaN; expected a finite number/],
    [{ learning_rate: '0.1' }, /learning_rate is '0.1'; expected a finite number/],
    [{ bagging_fraction: 1.5 }, /bagging_fraction is 1.5; .* above 0 and of at most 1/],
    [{ tweedie_variance_power: 2 }, /tweedie_variance_power is 2; .* of at least 1 and below 2/],
    [{ num_iterations: -1 }, /num_iterations is -1; .* of at least 0/],
    [{ bagging_freq: 2 ** 40 }, /bagging_freq is \d+; expected an integer/],
    [{ use_missing: 1 }, /use_missing is 1; expected true or false/],
    [{ monotone_constraints: 1 }, /monotone_constraints is 1; expected an array of integers/],
    [{ monotone_constraints: [0, 2] }, /monotone_constraints\[1\] is 2; .* of at least -1 and of at most 1/],
    [{ max_bin_by_feature: [10, 1] }, /max_bin_by_feature\[1\] is 1; .* above 1/],
    [{ objective: 'binar' }, /objective is 'binar'; expected one of regression, /],
    [{ objective: 'mse' }, /objective is 'mse'; use 'regression'/],
    [{ boosting: 'goss' }, /use boosting 'gbdt' and data_sample_strategy 'goss'/],
    [{ metric: 'mse' }, /no metric 'mse'; use 'l2'/],
    [{ metric: [1] }, /metric\[0\] is 1; expected the name of a metric/],
    [{ num_leafs: 5 }, /no parameter 'num_leafs'; did you mean num_leaves\?/],
    [{ learningRate: 0.1 }, /no parameter 'learningRate'; did you mean learning_rate\?/],
    [{ nEstimators: 5 }, /no parameter 'nEstimators'; did you mean num_iterations\?/],
    [{ objective: 'multiclass' }, /num_class is 1; multiclass needs/],
    [{ objective: 'binary', num_class: 2 }, /num_class is 2; binary has one score/],
    [{ objective: 'binary', metric: 'multi_error' }, /metric multi_error does not go with binary/],
    [{ objective: 'multiclass', num_class: 3, metric: 'auc' }, /metric auc does not go with multiclass/],
    [
      { objective: 'multiclass', num_class: 2, auc_mu_weights: [0, 1, 1] },
      /auc_mu_weights has 3 numbers; expected num_class × num_class, 2 × 2 = 4/,
    ],
    [
      { objective: 'multiclass', num_class: 2, auc_mu_weights: [0, 0, 1, 0] },
      /auc_mu_weights\[1\] is 0; expected a number other than 0 off the diagonal/,
    ],
    [{ objective: 'binary', is_unbalance: true, scale_pos_weight: 2 }, /only one of them/],
    [
      { objective: 'quantile', monotone_constraints: [1] },
      /monotone_constraints cannot be kept with quantile/,
    ],
    [{ data_sample_strategy: 'goss', bagging_freq: 1, bagging_fraction: 0.5 }, /GOSS draws rows itself/],
    [{ data_sample_strategy: 'goss', top_rate: 0.7, other_rate: 0.7 }, /sum to more than 1/],
    [{ data_sample_strategy: 'goss', top_rate: 0 }, /GOSS needs both above 0/],
    [{ boosting: 'rf' }, /boosting rf would grow the same tree again/],
  ] as const)('refuses %j', async (options, message) => {
    await expectTreesError(() => checkParameters(loose(options)), 'INVALID_PARAMETER', message)
  })

  it.each([
    [
      { num_leaves: new Uint8Array(1e5) },
      /num_leaves is Uint8Array\(100000\) \[0, .{0,20}\]; expected an integer/,
    ],
    [{ monotone_constraints: Object.create(null) }, /monotone_constraints is Object {}; expected an array/],
  ])('shows briefly what is wrong: %#', async (options, message) => {
    await expectTreesError(() => checkParameters(loose(options)), 'INVALID_PARAMETER', message)
  })

  it.each(['constructor', 'toString', '__proto__'])('takes %s for no name', async (name) => {
    const options = (of: string) => loose(JSON.parse(`{ ${of} }`))
    for (const [given, message] of [
      [`"${name}": 1`, `no parameter '${name}'; see`],
      [`"objective": "${name}"`, `objective is '${name}'; expected one of regression,`],
      [`"boosting": "${name}"`, `boosting is '${name}'; expected one of gbdt,`],
      [`"metric": "${name}"`, `no metric '${name}'; expected one of l1,`],
      [`"metric": ["${name}"]`, `no metric '${name}'; expected one of l1,`],
    ] as const) {
      await expectTreesError(() => checkParameters(options(given)), 'INVALID_PARAMETER', message)
    }
  })

  it('suggests no name that is far from what was written', async () => {
    for (const name of ['silent', 'x', 'foo_bar']) {
      const work = () => checkParameters(loose({ [name]: true }))
      await expectTreesError(
        work,
        'INVALID_PARAMETER',
        /^no parameter '\w+'; see the type Parameters for those there are$/,
      )
    }
  })

  it('knows which metrics there are', async () => {
    await expectTreesError(
      () => checkParameters({ metric: 'foo' }),
      'INVALID_PARAMETER',
      "no metric 'foo'; expected one of",
    )
    await expectTreesError(
      () => checkParameters({ metric: 'aux' }),
      'INVALID_PARAMETER',
      "no metric 'aux'; did you mean 'auc'?",
    )
  })

  it.each(Object.entries(parameterAliases))('says for %s to use %s', async (alias, name) => {
    const work = () => checkParameters(loose({ [alias]: 1 }))
    await expectTreesError(work, 'INVALID_PARAMETER', `${alias} is another name of ${name}; use ${name}`)
  })

  it.each([...Object.keys(unsupportedParameters), ...Object.keys(unsupportedAliases)])(
    'says that %s is not supported',
    async (name) => {
      const work = () => checkParameters(loose({ [name]: 1 }))
      await expectTreesError(work, 'UNSUPPORTED', `${name} `, 'is not supported')
    },
  )

  it('refuses other methods of monotone constraints by name', async () => {
    const work = () => checkParameters(loose({ monotone_constraints_method: 'advanced' }))
    await expectTreesError(work, 'UNSUPPORTED', "monotone_constraints_method 'advanced'")
  })

  it('refuses what is no object', async () => {
    await expectTreesError(
      () => checkParameters(loose([] as never)),
      'INVALID_PARAMETER',
      'expected an object',
    )
  })
})

describe('parameters that depend on each other', () => {
  it('leaves room for no more leaves than max_depth allows, unless num_leaves is given', () => {
    expect(checkParameters({ max_depth: 3 }).num_leaves).toBe(8)
    expect(checkParameters({ max_depth: 3, num_leaves: 20 }).num_leaves).toBe(20)
    expect(checkParameters({ max_depth: -1 }).num_leaves).toBe(31)
  })

  it('warns where max_depth leaves room for more leaves', () => {
    const { parameters, warnings } = warningsOf({ max_depth: 6 })
    expect(parameters.num_leaves).toBe(31)
    expect(warnings).toEqual([expect.stringContaining('give num_leaves')])
  })

  it('raises min_data_in_leaf where path_smooth or empty leaves need it', () => {
    const smooth = warningsOf({ path_smooth: 1, min_data_in_leaf: 0 })
    expect(smooth.parameters.min_data_in_leaf).toBe(2)
    expect(smooth.warnings).toHaveLength(1)
    const empty = warningsOf({ min_sum_hessian_in_leaf: 0, min_data_in_leaf: 0 })
    expect(empty.parameters.min_data_in_leaf).toBe(1)
    expect(empty.warnings).toHaveLength(1)
  })
})
