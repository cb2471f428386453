import { describe, expect, it } from 'vitest'
import { treesGoldens } from './goldens/load-goldens'
import { readModel } from './model/read-model'
import { historyDifferences } from './testing/history-differences'
import { runGolden } from './testing/run-golden'
import { trainWithReference } from './testing/train-with-reference'
import { treeDifferences } from './testing/tree-differences'
import { trainBoostedTrees } from './train-boosted-trees'

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
