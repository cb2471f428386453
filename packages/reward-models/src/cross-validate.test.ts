import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crossValidate, type Fold, groupFolds } from './cross-validate'
import { trainRewardModel } from './fit-reward-model'
import { takePairs } from './pair-data'
import { scoreFeatures } from './reward-model'
import { drawPairs } from './testing/draw-pairs'

const options = { hidden: [], epochs: 4, batchSize: 32, learningRate: 0.05 }

describe('crossValidate', () => {
  it('trains each fold on its own pairs alone', async () => {
    const data = drawPairs({ pairs: 90, columns: 3, seed: 1, perGroup: 3 })
    const folds = groupFolds(data.groups!, 3)
    const names: string[] = []
    for await (const { fold, rewards, records } of crossValidate(data, folds, options)) {
      const alone = await trainRewardModel(takePairs(data, fold.train), options)
      expect(rewards).toEqual(await scoreFeatures(alone, data.features))
      expect(records.length).toBeGreaterThan(0)
      names.push(fold.name)
    }
    expect(names).toEqual(['0', '1', '2'])
  })

  it.each<[Fold, string, string]>([
    [{ name: 'a', train: [], test: [1] }, 'EMPTY', 'fold a: train: expected at least one pair'],
    [{ name: 'a', train: [1], test: [] }, 'EMPTY', 'fold a: test: expected at least one pair'],
    [{ name: 'a', train: [1], test: [4] }, 'OUT_OF_RANGE', 'fold a: test: 4 is not one of 4 pairs'],
    [{ name: 'a', train: [0, 1], test: [2, 1] }, 'INVALID_OPTION', 'fold a: pair 1 is both'],
  ])('refuses %j', async (fold, code, message) => {
    const data = drawPairs({ pairs: 4, columns: 2, seed: 1 })
    await expect(crossValidate(data, [fold], options).next()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })
})

describe('groupFolds', () => {
  it('tests every pair once and never splits a group', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 2, maxLength: 50 }).filter((groups) => new Set(groups).size > 1),
        fc.nat(),
        (groups, seed) => {
          const count = Math.min(4, new Set(groups).size)
          const folds = groupFolds(groups, count, seed)
          expect(folds.flatMap(({ test }) => test).toSorted((a, b) => a - b)).toEqual(groups.map((_, i) => i))
          for (const { train, test } of folds) {
            expect(train.length + test.length).toBe(groups.length)
            expect(test.length).toBeGreaterThan(0)
            const seen = new Set(train.map((i) => groups[i]))
            expect(test.some((i) => seen.has(groups[i]))).toBe(false)
          }
        },
      ),
    )
  })

  it.each([1, 4, 2.5])('refuses %d folds of 3 groups', (count) => {
    expect(() => groupFolds([1, 2, 3], count)).toThrow(
      /^count: expected a whole number from 2 to the 3 groups/,
    )
  })
})
