import { describe, expect, it } from 'vitest'
import { defaultTreesOptions, resolveOptions } from '../options'
import { rewardModelPresets } from '../presets'
import { growsOnFrom, parametersOf } from './trees-options'

describe('options of trees', () => {
  it('have LightGBM’s rounds, and its parameters as they are given', () => {
    const options = resolveOptions({ kind: 'trees', trees: { num_leaves: 7 }, seed: undefined })
    expect(options).toEqual({ ...defaultTreesOptions, trees: { num_leaves: 7 } })
    expect(parametersOf(options, 5)).toMatchObject({
      ...{ objective: 'bradley_terry', num_iterations: 100, num_leaves: 7, seed: 5 },
    })
    // LightGBM's seeds are signed 32-bit integers.
    expect(parametersOf(options, 2 ** 32 - 1)).toMatchObject({ seed: 2 ** 31 - 1 })
  })

  it('of CLF-LGB are LightGBM’s defaults, 1,000 rounds', () => {
    const authors = resolveOptions(rewardModelPresets['clf-trees-authors'])
    expect(authors).toMatchObject({ kind: 'trees', objective: 'clf', trees: {}, validationFraction: 0 })
    expect(parametersOf(authors, 0)).toMatchObject({ objective: 'binary', num_iterations: 1000 })
    expect(resolveOptions(rewardModelPresets['clf-trees'])).toMatchObject({ epochs: 1000, keep: 'best' })
    expect(resolveOptions(rewardModelPresets['bt-trees'])).toMatchObject({ objective: 'bt', epochs: 1000 })
  })

  it.each([
    [{ kind: 'forest' }, 'kind: expected one of mlp, trees, got "forest"'],
    [{ kind: 'trees', hidden: [4] }, /^of trees: no option hidden; expected one of objective, .*, trees$/],
    [{ trees: {} }, /^no option trees; expected one of objective, .* kind, hidden/],
    [{ kind: 'trees', trees: [] }, "trees: expected an object of LightGBM's parameters, got []"],
    [{ kind: 'trees', trees: { num_leaves: 1 } }, /^trees: num_leaves is 1; expected an integer/],
    [
      { kind: 'trees', trees: { n_estimators: 5 } },
      /^trees\.n_estimators: say it as epochs of the reward model \(--epochs/,
    ],
    [
      { kind: 'trees', trees: { num_iterations: 5 } },
      'trees.num_iterations: say it as epochs of the reward model (--epochs on the command line)',
    ],
    [
      { kind: 'trees', trees: { objective: 'l2' } },
      'trees.objective: say it as objective of the reward model (--objective on the command line)',
    ],
    [{ kind: 'trees', trees: { metric: 'auc' } }, 'trees.metric: the reward model sets it'],
    [
      { kind: 'trees', trees: { boosting: 'rf', bagging_fraction: 0.5, bagging_freq: 1 } },
      /^trees\.boosting: expected gbdt or dart, got rf/,
    ],
    [{ kind: 'trees', trees: { boosting: 'rf' } }, /^trees\.boosting: expected gbdt or dart, got rf/],
    [
      { kind: 'trees', trees: { boosting: 'dart' } },
      /^keep: expected last with trees\.boosting dart.*got best; say keep: last \(--keep last on the command line\)$/,
    ],
    [{ kind: 'trees', trees: { eta: 1 } }, 'trees: eta is another name of learning_rate; use learning_rate'],
    [{ kind: 'trees', trees: { foo: 5 } }, /^trees: no parameter 'foo'; /],
    [
      { kind: 'trees', trees: { num_threads: 2 } },
      'trees.num_threads: reward models have no such setting; leave it out',
    ],
    [
      { kind: 'trees', trees: { n_jobs: 2 } },
      'trees.n_jobs: reward models have no such setting; leave it out',
    ],
    [{ kind: 'trees', epochs: 0 }, 'epochs: expected a whole number ≥ 1, got 0'],
  ])('refuse %j', (given, message) => {
    expect(() => resolveOptions(given as never)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    )
  })

  it.each([
    [{}, true],
    [{ num_leaves: 7, bagging_fraction: 0.5 }, true],
    [{ bagging_fraction: 0.5, bagging_freq: 1 }, false],
    [{ feature_fraction: 0.5 }, false],
    [{ data_sample_strategy: 'goss' }, false],
  ] as const)('know whether %j grows on from trees alone', (trees, expected) => {
    expect(growsOnFrom(resolveOptions({ kind: 'trees', trees }))).toBe(expected)
  })
})
