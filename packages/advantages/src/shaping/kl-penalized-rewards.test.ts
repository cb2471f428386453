import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { conventions, type KlEstimator, klPenalizedRewards } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

type Matrix = number[][]
type ByEstimator = Partial<Record<KlEstimator, Matrix>>

interface Row extends GoldenRow {
  convention: 'verl' | 'openrlhf' | 'trl'
  name: string
  rewards: number[]
  tokenRewards: Matrix
  logprobs: Matrix
  refLogprobs: Matrix
  mask: Matrix
  klWeight?: number
  /** The rewards with their penalty; of TRL, which puts rewards elsewhere, there are the estimates alone. */
  penalized?: ByEstimator
  kl?: ByEstimator
}

const { klRewards } = readGoldens<{ klRewards: Row[] }>('shaping')
const byEstimator = (numbers: ByEstimator = {}) => Object.entries(numbers) as [KlEstimator, Matrix][]

describe('klPenalizedRewards', () => {
  it.each(klRewards.map((row) => [`${row.reference}, ${row.name}`, row] as const))('against %s', (_, row) =>
    evidenceFor(row.functions, ({ clipRewards, klPenalizedRewards }) => {
      const { logprobs, refLogprobs, mask, convention } = row
      const of = { logprobs, refLogprobs, mask }
      // OpenRLHF clips the rewards of responses first.
      const rewards = convention === 'openrlhf' ? clipRewards(row.rewards) : row.rewards
      const tokenRewards = convention === 'openrlhf' ? clipRewards(row.tokenRewards) : row.tokenRewards
      for (const [estimator, want] of byEstimator(row.penalized)) {
        const options = { klWeight: row.klWeight!, estimator, convention }
        expectClose(klPenalizedRewards({ rewards, ...of }, options).rewards, want)
        expectClose(klPenalizedRewards({ rewards: tokenRewards, ...of }, options).rewards, want)
      }
      for (const [estimator, want] of byEstimator(row.kl)) {
        expectClose(klPenalizedRewards({ rewards, ...of }, { estimator, convention }).kl, want)
      }
    }),
  )

  it.each(conventions.klPenalizedRewards)('%s: the names of verl give the same estimates', (convention) => {
    const { rewards, logprobs, refLogprobs, mask } = klRewards.at(-1)!
    const klOf = (estimator: KlEstimator) =>
      klPenalizedRewards({ rewards, logprobs, refLogprobs, mask }, { estimator, convention }).kl
    expect(klOf('mse')).toEqual(klOf('k2'))
    if (convention !== 'trl') expect(klOf('low-variance')).toEqual(klOf('k3'))
  })

  it('never reads masked numbers, and bounds only as the convention says', () => {
    const junk = { logprobs: [[-1, Number.NaN]], refLogprobs: [[-2, -Infinity]], mask: [[1, 0]] }
    expect(klPenalizedRewards({ rewards: [3], ...junk }, { klWeight: 0.5 })).toEqual({
      rewards: [[2.5, 0]],
      kl: [[1, 0]],
    })
    const { logprobs: _, ...without } = junk
    expect(() => klPenalizedRewards({ rewards: [3], ...without } as never)).toThrow(
      refusing('MISSING_INPUT', 'logprobs is undefined; expected rows'),
    )
    const masked = { rewards: [3], logprobs: [[-1]], refLogprobs: [[-1]], mask: [[0]] }
    expect(klPenalizedRewards(masked).rewards).toEqual([[0]])
    const far = { rewards: [0], logprobs: [[-1000]], refLogprobs: [[0]] }
    const k3 = { estimator: 'k3', klWeight: 1, convention: 'verl' } as const
    expect(klPenalizedRewards(far, k3).kl).toEqual([[10]])
    expect(klPenalizedRewards(far, { ...k3, convention: 'openrlhf' }).kl).toEqual([[10]])
    expect(() => klPenalizedRewards(far, { ...k3, convention: 'trl' })).toThrow(
      refusing('OVERFLOW', 'result[0][0]'),
    )
    const infinite = { ...far, logprobs: [[-Infinity]] }
    expect(() => klPenalizedRewards(infinite)).toThrow(refusing('NOT_FINITE', 'logprobs[0][0] is -Infinity'))
    expect(() => klPenalizedRewards({ ...far, rewards: [1, 2] })).toThrow(
      refusing('SHAPE_MISMATCH', 'rewards'),
    )
    expect(() => klPenalizedRewards(far, { klWeight: -1 })).toThrow(
      refusing('INVALID_OPTION', 'klWeight is -1'),
    )
    expect(() => klPenalizedRewards(far, { estimator: 'k4' as 'k3' })).toThrow(
      refusing('INVALID_OPTION', 'k1, abs'),
    )
  })

  it('k2, k3 and |x| are never negative', () => {
    const logprob = fc.double({ min: -30, max: 0, noNaN: true })
    fc.assert(
      fc.property(logprob, logprob, (p, q) => {
        for (const estimator of ['abs', 'k2', 'k3'] as const) {
          const input = { rewards: [0], logprobs: [[p]], refLogprobs: [[q]] }
          // e⁻ˣ − 1 + x rounds at 2⁻⁵³ near 0.
          expect(klPenalizedRewards(input, { estimator }).kl[0]![0]).toBeGreaterThan(-1e-15)
        }
      }),
    )
  })
})
