import { promptText } from '@prefkit/datasets'
import { groupFolds } from '@prefkit/reward-models'
import { describe, expect, it } from 'vitest'
import { renderRewardReport } from '../../report/index'
import { datasetBaseline, demoReport } from './demo-report'
import { hhHarmless } from './hh-harmless'
import { demoModelNames } from './recipe'
import { type DemoResult, demoResult } from './run-demo'
import { ukpDebates } from './ukp-debates'

describe('the bundled data', () => {
  it('are the strict pairs of UKPConvArg1, whose length baseline is known', async () => {
    const dataset = await ukpDebates()
    expect(dataset.comparisons.length).toBe(11_648)
    expect(dataset.folds).toBe(16)
    expect(datasetBaseline(dataset).accuracy.accuracy).toBeCloseTo(0.772, 3)
    expect(dataset.golden!.length).toBe(32)
    expect(dataset.golden!.flatMap(({ golden }) => golden).every((share) => share >= 0 && share <= 1)).toBe(
      true,
    )
    const topics = new Set(dataset.comparisons.map(({ source }) => source))
    expect(topics.size).toBe(32)
    // Both sides of a debate are one group: a fold that tests on one side trains on neither.
    const sides = Map.groupBy(topics, (topic) => topic!.split(':')[0])
    expect([...sides.values()].every((both) => both.length === 2)).toBe(true)
    const groups = dataset.comparisons.map(dataset.groupOf)
    const numbers = new Map([...new Set(groups)].map((name, i) => [name, i]))
    for (const { train, test } of groupFolds(
      groups.map((name) => numbers.get(name)!),
      16,
    )) {
      const tested = new Set(test.map((at) => groups[at]))
      expect(tested.size).toBe(1)
      expect(train.some((at) => tested.has(groups[at]!))).toBe(false)
    }
  })

  it('are all of the test part of HH harmless-base', async () => {
    const { comparisons, groupOf } = await hhHarmless()
    expect(comparisons.length).toBe(2312)
    expect(new Set(comparisons.map(groupOf)).size).toBe(new Set(comparisons.map(promptText)).size)
  })
})

describe('the demo', () => {
  it('does better than linear heads on the embeddings alone, as the README says', async () => {
    const [ukp, hh] = [await ukpDebates(), await hhHarmless()]
    const accuracy = new Map<string, number>()
    const results: DemoResult[] = []
    for (const dataset of [ukp, hh]) {
      for (const model of demoModelNames) {
        const result = await demoResult(dataset, model, { seed: 0, backend: 'auto' })
        results.push(result)
        accuracy.set(`${dataset.about.name} ${model}`, result.evaluation.report.accuracy.accuracy)
      }
    }
    // What plain linear heads on the same embeddings and splits came to; with length, and on HH with the prompt too.
    expect(accuracy.get('UKPConvArg1 bt')).toBeGreaterThan(0.813)
    expect(accuracy.get('UKPConvArg1 clf')).toBeGreaterThan(0.787)
    expect(accuracy.get('HH harmless-base, test part bt')).toBeGreaterThan(0.644)
    expect(accuracy.get('HH harmless-base, test part clf')).toBeGreaterThan(0.633)
    const best = results[0]!.bestOfN!.points
    expect(best.map(({ n }) => n)).toEqual([1, 2, 4, 8, 16])
    expect(best.every(({ mean }, i) => i === 0 || mean > best[i - 1]!.mean)).toBe(true)
    const html = renderRewardReport(
      demoReport(results, { backend: 'test', seed: 0, command: 'prefkit demo reward' }),
    )
    for (const part of ['UKPConvArg1', 'CC BY 4.0', 'Habernal', 'Best of n', 'the longer one'])
      expect(html).toContain(part)
  })
})
