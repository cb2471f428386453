import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { gdpoAdvantages, groupRelativeAdvantages, tokenAdvantages } from '../index'

interface Row extends GoldenRow {
  size: number
  rewards: number[][]
  weights: number[]
}

interface ByTrl extends Row {
  convention: 'trl'
  advantages: number[]
  missing: (number | null)[][]
  missingAdvantages: number[]
}

interface ByVerl extends Row {
  convention: 'verl'
  mask: number[][]
  tokenAdvantages: number[][]
}

const { gdpo } = readGoldens<{ gdpo: (ByTrl | ByVerl)[] }>('papers')
const byTrl = gdpo.filter((row) => row.convention === 'trl')
const byVerl = gdpo.filter((row) => row.convention === 'verl')
const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('gdpoAdvantages', () => {
  it.each(byTrl)('against $reference, groups of $size', ({ rewards, weights, size, ...row }) =>
    evidenceFor(row.functions, ({ gdpoAdvantages }) => {
      const given = { weights, groups: size }
      expectClose([gdpoAdvantages({ rewards, ...given })], [row.advantages])
      const missing = row.missing.map((one) => one.map((reward) => reward ?? Number.NaN))
      const excluded = gdpoAdvantages({ rewards: missing, ...given }, { missing: 'exclude' })
      expectClose([excluded], [row.missingAdvantages])
    }),
  )

  it.each(byVerl)('against $reference, groups of $size', ({ rewards, weights, size, mask, ...row }) =>
    evidenceFor(row.functions, ({ gdpoAdvantages }) => {
      const lengths = mask.map((flags) => flags.reduce((a, b) => a + b))
      const input = { rewards, weights, groups: size, lengths }
      const verl = gdpoAdvantages(input, { convention: 'verl' })
      expectClose(tokenAdvantages(verl, mask), row.tokenAdvantages)
    }),
  )

  it('does not depend on the scale of one reward, as a sum does', () => {
    const rewards = [
      [1, 0, 0, 1],
      [0.2, 0.9, 0.4, 0.1],
    ]
    const scaled = [rewards[0]!.map((x) => 1024 * x), rewards[1]!]
    const [one, other] = [rewards, scaled].map((given) => gdpoAdvantages({ rewards: given, groups: 4 }))
    one!.forEach((value, i) => {
      // They differ by ε alone, 1e-4 beside a deviation of about ½.
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

  it('refuses inputs that do not fit', () => {
    const input = { rewards: [[1, 2]], groups: 2 }
    const verl = { convention: 'verl' } as const
    expect(() => gdpoAdvantages(input, verl)).toThrow(refusing('MISSING_INPUT', 'lengths is undefined'))
    expect(() => gdpoAdvantages({ ...input, lengths: [0, 0] }, verl)).toThrow(
      refusing('TOO_FEW', 'lengths sum to 0 tokens; expected at least 2'),
    )
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
