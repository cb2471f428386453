import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { klPenalizedRewards, sequenceKlPenalizedRewards } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

type Matrix = number[][]

interface Row extends GoldenRow {
  name: string
  rewards: number[]
  logprobs: Matrix
  refLogprobs: Matrix
  mask: Matrix
  klWeight: number
  kl: number[]
  penalized: number[]
}

const goldens = readGoldens<{ sequenceKl: Row[] }>('responses')

describe('sequenceKlPenalizedRewards', () => {
  it.each(goldens.sequenceKl.map((row) => [row.name, row] as const))('against TRL, %s', (_, row) =>
    evidenceFor(row.functions, ({ sequenceKlPenalizedRewards }) => {
      const { klWeight, kl, penalized, name, reference, functions, ...input } = row
      const got = sequenceKlPenalizedRewards(input, { klWeight })
      expectClose([got.kl], [kl])
      expectClose([got.rewards], [penalized])
    }),
  )

  it('is the sum of the rewards of the tokens', () => {
    const { rewards, logprobs, refLogprobs, mask } = goldens.sequenceKl[0]!
    const input = { rewards, logprobs, refLogprobs, mask }
    for (const estimator of ['k1', 'abs', 'k2', 'k3'] as const) {
      const sequences = sequenceKlPenalizedRewards(input, { estimator, klWeight: 0.7 })
      const tokens = klPenalizedRewards(input, { estimator, klWeight: 0.7, convention: 'trl' })
      const sums = tokens.rewards.map((rewards) => rewards.reduce((a, b) => a + b, 0))
      expectClose([sequences.rewards], [sums])
    }
  })

  it('never reads masked numbers', () => {
    const junk = { logprobs: [[-1, Number.NaN]], refLogprobs: [[-2, -Infinity]] }
    const half = { klWeight: 0.5 }
    const got = sequenceKlPenalizedRewards({ rewards: new Float32Array([3]), ...junk, mask: [[1, 0]] }, half)
    expect(got).toEqual({ rewards: new Float32Array([2.5]), kl: new Float32Array([1]) })
    expect(sequenceKlPenalizedRewards({ rewards: [3], ...junk, mask: [[0, 0]] }, half).rewards).toEqual([3])
    expect(() => sequenceKlPenalizedRewards({ rewards: [3], ...junk })).toThrow(
      refusing('NOT_FINITE', 'logprobs[0][1]'),
    )
    const huge = { rewards: [0], logprobs: [[-1000]], refLogprobs: [[0]] }
    expect(() => sequenceKlPenalizedRewards(huge, { estimator: 'k3' })).toThrow(
      refusing('OVERFLOW', 'result[0]'),
    )
    expect(() => sequenceKlPenalizedRewards({ ...huge, rewards: [] })).toThrow(
      refusing('SHAPE_MISMATCH', 'rewards'),
    )
  })
})
