import { describe, expect, it } from 'vitest'
import { readModel } from '../model/read-model'
import { trainWithReference } from '../testing/train-with-reference'
import { trainBoostedTrees } from '../train-boosted-trees'
import { treesGoldens } from './load-goldens'
import { historyDifferences } from './history-differences'
import { runGolden } from './run-golden'
import { treeDifferences } from './tree-differences'

/** Sums of doubles in another order differ in their last bits; metrics sum over rows, too. */
const SUMMATION = 1e-12

describe.each([
  ['the learner', trainBoostedTrees],
  ['the reference learner', trainWithReference],
] as const)("%s grows LightGBM's trees", (_, train) => {
  it.each(treesGoldens.map((golden) => [golden.name, golden] as const))('%s', async (_name, golden) => {
    const { model, records } = await runGolden(golden, train)
    const differences = treeDifferences(model, readModel(golden.model), SUMMATION)
    expect([...differences, ...historyDifferences(records, golden.history ?? {}, SUMMATION)]).toEqual([])
  })
})
