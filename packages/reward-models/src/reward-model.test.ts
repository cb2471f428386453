import { tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { resolveOptions } from './options'
import { type RewardModel, scoreFeatures } from './reward-model'

/** Members that multiply their only feature by 1, 2 and 6. */
const model: RewardModel = {
  options: resolveOptions({ hidden: [], members: 3 }),
  inputs: 1,
  members: [1, 2, 6].map((slope) => ({ layers: [{ weight: tensor([[slope]]), bias: tensor([0]) }] })),
}
const rows = { data: Float32Array.of(1, -1, 0), rows: 3, columns: 1 }

describe('scoreFeatures', () => {
  it('combines members by mean, minimum, the first alone or mean less spread', async () => {
    expect([...(await scoreFeatures(model, rows))]).toEqual([3, -3, 0])
    expect([...(await scoreFeatures(model, rows, { combine: 'min' }))]).toEqual([1, -6, 0])
    expect([...(await scoreFeatures(model, rows, { combine: 'first' }))]).toEqual([1, -1, 0])
    // The members' scores 1, 2, 6 have the population variance 14/3.
    const spread = Math.sqrt(14 / 3)
    const penalized = await scoreFeatures(model, rows, { combine: 'penalized', penalty: 0.5 })
    expect([...penalized]).toEqual([3 - spread / 2, -3 - spread / 2, 0].map(Math.fround))
  })

  it('scores no rows, and more rows than one run takes', async () => {
    expect(await scoreFeatures(model, { data: new Float32Array(0), rows: 0, columns: 1 })).toEqual(
      new Float32Array(0),
    )
    const many = { data: Float32Array.from({ length: 20_000 }, (_, i) => i), rows: 20_000, columns: 1 }
    const scores = await scoreFeatures(model, many)
    expect(scores.every((score, i) => score === 3 * i)).toBe(true)
  })

  it('refuses what does not fit the model', async () => {
    const wide = { data: new Float32Array(4), rows: 2, columns: 2 }
    await expect(scoreFeatures(model, wide)).rejects.toMatchObject({
      code: 'DIMENSION_MISMATCH',
      message: expect.stringContaining('features have 2 columns, the model was trained on 1'),
    })
    const holes = { data: Float32Array.of(0, Number.NaN), rows: 2, columns: 1 }
    await expect(scoreFeatures(model, holes)).rejects.toMatchObject({
      code: 'NOT_FINITE',
      message: expect.stringContaining('row 1, column 0 is NaN'),
    })
    await expect(scoreFeatures(model, rows, { combine: 'max' as never })).rejects.toMatchObject({
      message: 'combine: expected one of mean, first, min, penalized, got max',
    })
    await expect(scoreFeatures(model, rows, { penalty: -1 })).rejects.toMatchObject({
      message: 'penalty: expected a number ≥ 0, got -1',
    })
  })
})
