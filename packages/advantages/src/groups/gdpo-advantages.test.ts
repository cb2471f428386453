import { describe, expect, it } from 'vitest'
import { expectClose, readGoldens } from '../goldens/load-goldens'
import { gdpoAdvantages, groupRelativeAdvantages, tokenAdvantages } from '../index'

interface Row {
  size: number
  rewards: number[][]
  weights: number[]
  mask: number[][]
  verl: number[][]
  trl: number[]
  missing: (number | null)[][]
  trlMissing: number[]
}

const { gdpo } = readGoldens<{ gdpo: Row[] }>('papers')
const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('gdpoAdvantages', () => {
  it.each(gdpo.map((row) => [row.size, row.rewards.length, row] as const))(
    'against TRL and verl, groups of %d, %d rewards',
    (groups, _, { rewards, weights, mask, ...row }) => {
      expectClose([gdpoAdvantages({ rewards, weights, groups })], [row.trl])
      const missing = row.missing.map((one) => one.map((reward) => reward ?? Number.NaN))
      const excluded = gdpoAdvantages({ rewards: missing, weights, groups }, { missing: 'exclude' })
      expectClose([excluded], [row.trlMissing])
      const lengths = mask.map((flags) => flags.reduce((a, b) => a + b))
      const verl = gdpoAdvantages({ rewards, weights, groups, lengths }, { convention: 'verl' })
      expectClose(tokenAdvantages(verl, mask), row.verl)
    },
  )

  it('does not depend on the scale of one reward, as a sum does', () => {
    const rewards = [
      [1, 0, 0, 1],
      [0.2, 0.9, 0.4, 0.1],
    ]
    const scaled = [rewards[0]!.map((x) => 1024 * x), rewards[1]!]
    const [one, other] = [rewards, scaled].map((given) => gdpoAdvantages({ rewards: given, groups: 4 }))
    one!.forEach((value, i) => {
      // Only ε, 1e-4 of a deviation of about ½, tells them apart.
      expect(Math.abs(value - other![i]!)).toBeLessThan(1e-3)
    })
    const sums = [rewards, scaled].map((given) =>
      groupRelativeAdvantages(
        given[0]!.map((x, i) => x + given[1]![i]!),
        { groups: 4 },
      ),
    )
    expect(Math.abs(sums[0]![1]! - sums[1]![1]!)).toBeGreaterThan(0.1)
  })

  it('is typed as its rows', () => {
    const data = new Float32Array([1, 2, 3, 4])
    expect(gdpoAdvantages({ rewards: { data, shape: [2, 2] }, groups: 2 })).toBeInstanceOf(Float32Array)
    expect(gdpoAdvantages({ rewards: [new Float64Array(2)], groups: 2 })).toEqual(new Float64Array(2))
    expect(gdpoAdvantages({ rewards: [], groups: [] })).toEqual([])
    const none = [[Number.NaN, Number.NaN]]
    expect(gdpoAdvantages({ rewards: none, groups: 2 }, { missing: 'exclude' })).toEqual([0, 0])
  })

  it('refuses what does not fit', () => {
    const input = { rewards: [[1, 2]], groups: 2 }
    const verl = { convention: 'verl' } as const
    expect(() => gdpoAdvantages(input, verl)).toThrow(refusing('INVALID_OPTION', 'lengths is undefined'))
    expect(() => gdpoAdvantages({ ...input, lengths: [1, 1] })).toThrow(
      refusing('INVALID_OPTION', 'expected none'),
    )
    expect(() => gdpoAdvantages({ ...input, lengths: [1, 0.5] }, verl)).toThrow(
      refusing('OUT_OF_RANGE', '0.5'),
    )
    expect(() => gdpoAdvantages(input, { ...verl, missing: 'exclude' })).toThrow(
      refusing('INVALID_OPTION', 'missing'),
    )
    expect(() => gdpoAdvantages({ ...input, weights: [1, 1] })).toThrow(refusing('SHAPE_MISMATCH', 'weights'))
    expect(() => gdpoAdvantages({ ...input, rewards: [[1, 2], [1, 2], [1]] })).toThrow(
      refusing('SHAPE_MISMATCH', 'rewards[2] is of 1 numbers; expected 2'),
    )
  })
})
