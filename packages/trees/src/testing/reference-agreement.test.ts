import { describe, expect, it } from 'vitest'
import type { ParameterOptions } from '../parameters/parameters'
import { trainBoostedTrees } from '../train-boosted-trees'
import { createDraws, type ParityName, trainingDataOf } from './parity-data'
import { trainWithReference } from './train-with-reference'
import { treeDifferences } from './tree-differences'

const names: readonly ParityName[] = ['dense', 'missing', 'categorical', 'onehot']

/** Parameters of trees, drawn: each is often at its default. */
function drawParameters(draw: () => number, columns: number): ParameterOptions {
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(draw() * values.length)]!
  const signs = Array.from({ length: columns }, () => pick(0, 0, 1, -1))
  return {
    num_iterations: 3,
    num_leaves: pick(2, 5, 31, 60),
    max_depth: pick(-1, -1, 3, 5),
    min_data_in_leaf: pick(1, 5, 20),
    min_sum_hessian_in_leaf: pick(1e-3, 0, 5),
    lambda_l1: pick(0, 0, 0.5),
    lambda_l2: pick(0, 0, 2),
    min_gain_to_split: pick(0, 0, 0.3),
    max_delta_step: pick(0, 0, 0.7),
    path_smooth: pick(0, 0, 3),
    max_bin: pick(255, 15, 63, 400),
    use_missing: pick(true, true, false),
    zero_as_missing: pick(false, false, true),
    enable_bundle: pick(true, false),
    max_cat_to_onehot: pick(4, 4, 64),
    min_data_per_group: pick(100, 5),
    cat_smooth: pick(10, 1),
    max_cat_threshold: pick(32, 3),
    bagging_fraction: 0.7,
    bagging_freq: pick(0, 0, 1),
    feature_fraction: pick(1, 1, 0.6),
    feature_fraction_bynode: pick(1, 1, 0.6),
    monotone_penalty: pick(0, 0, 1.3),
    ...(draw() < 0.3 && columns !== 4 && { monotone_constraints: signs }),
  }
}

const columnsOf: Readonly<Record<ParityName, number>> = { dense: 5, missing: 5, categorical: 4, onehot: 22 }

describe('the learner agrees with the reference', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => [seed] as const))(
    'on parameters of seed %d',
    async (seed) => {
      const draw = createDraws(1000 + seed)
      const data = names[seed % names.length]!
      const isBinary = draw() < 0.5
      const options: ParameterOptions = {
        ...drawParameters(draw, columnsOf[data]),
        objective: isBinary ? 'binary' : 'regression',
      }
      const one = { data, rows: 350, label: isBinary ? 'binary' : 'number', weight: draw() < 0.4 } as const
      const training = trainingDataOf(one, 50 + seed)
      const expected = await trainWithReference(training, options, {})
      const threads = 1 + (seed % 3)
      const model = await trainBoostedTrees(training, options, { threads })
      // Both sum in doubles; only the order may differ.
      expect(treeDifferences(model, expected, 1e-12), JSON.stringify(options)).toEqual([])
      expect(model.featureInfos).toEqual(expected.featureInfos)
    },
  )
})
