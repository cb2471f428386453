import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectClose, readGoldens } from '../goldens/load-goldens'
import {
  clipRewards,
  informativeGroups,
  type KlEstimator,
  klPenalizedRewards,
  nextKlCoefficient,
  noMoments,
  overlongPenalties,
  type RunningMoments,
  scaleByMoments,
  stopProperlyRewards,
  updateMoments,
  whiten,
} from '../index'

type Matrix = number[][]
type ByEstimator = Partial<Record<KlEstimator, Matrix>>

const goldens = readGoldens<{
  whitening: { name: string; values: Matrix; mask: Matrix; shiftMean: boolean; verl: Matrix; trl: Matrix }[]
  klCoefficients: { kl: number; steps: number; target: number; horizon: number; from: number; to: number[] }[]
  klRewards: {
    name: string
    rewards: number[]
    tokenRewards: Matrix
    logprobs: Matrix
    refLogprobs: Matrix
    mask: Matrix
    verl: ByEstimator
    openrlhf: ByEstimator
    trl: ByEstimator
  }[]
  moments: { rewards: number[]; mean: number; variance: number; deviation: number }[]
  lengths: {
    lengths: number[]
    penalties: Record<'trl' | 'openrlhf' | 'verl', Record<string, number[]>>
    rewards: number[]
    truncated: boolean[]
    stopped: Record<string, number[]>
  }
  filters: { groups: Matrix; kept: Record<'verl' | 'trl' | 'openrlhf', boolean[]> }
}>('shaping')

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('whiten, against verl and TRL', () => {
  it.each(goldens.whitening.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const { values, mask, shiftMean } = row
    for (const convention of ['verl', 'trl'] as const) {
      expectClose(whiten(values, { mask, shiftMean, convention }), row[convention])
    }
  })
})

describe('nextKlCoefficient', () => {
  it.each(goldens.klCoefficients)(
    'against verl and OpenRLHF, KL $kl',
    ({ kl, steps, target, horizon, ...row }) => {
      const next = nextKlCoefficient(row.from, { kl, steps }, { type: 'adaptive', target, horizon })
      expectClose([[next, next]], [row.to])
      expect(nextKlCoefficient(row.from, { kl, steps }, { type: 'fixed' })).toBe(row.from)
    },
  )

  it('rises above the target, falls below it, and stays on it', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (kl) => {
        // A difference from the target below 2⁻⁵³ of it is none.
        fc.pre(Math.abs(kl - 6) > 1e-9)
        const controller = { type: 'adaptive', target: 6, horizon: 1000 } as const
        const next = nextKlCoefficient(0.2, { kl, steps: 100 }, controller)
        expect(Math.sign(next - 0.2)).toBe(Math.sign(kl - 6))
        expect(Math.abs(next / 0.2 - 1)).toBeLessThanOrEqual(0.02 + 1e-15)
      }),
    )
    expect(
      nextKlCoefficient(0.2, { kl: 6, steps: 100 }, { type: 'adaptive', target: 6, horizon: 1000 }),
    ).toBe(0.2)
  })

  it('refuses what has no sense', () => {
    const adaptive = { type: 'adaptive', target: 6, horizon: 10 } as const
    const next = (kl: number, controller: object) => () =>
      nextKlCoefficient(0.2, { kl, steps: 100 }, controller as typeof adaptive)
    expect(next(Number.NaN, adaptive)).toThrow(
      refusing('OUT_OF_RANGE', 'kl is NaN; expected a finite number'),
    )
    expect(next(1, adaptive)).toThrow(refusing('OUT_OF_RANGE', 'controller.horizon is 10'))
    expect(next(1, { ...adaptive, target: 0 })).toThrow(refusing('OUT_OF_RANGE', 'controller.target is 0'))
    expect(next(1, { type: 'pid' })).toThrow(refusing('INVALID_OPTION', 'expected one of fixed, adaptive'))
    expect(next(1, { ...adaptive, goal: 1 })).toThrow(refusing('INVALID_OPTION', 'no goal'))
  })
})

describe('klPenalizedRewards', () => {
  it.each(goldens.klRewards.map((row) => [row.name, row] as const))('against all, %s', (_, row) => {
    const { logprobs, refLogprobs, mask } = row
    const of = { logprobs, refLogprobs, mask }
    for (const [estimator, want] of Object.entries(row.verl) as [KlEstimator, Matrix][]) {
      const how = { beta: 0.3, estimator }
      expectClose(klPenalizedRewards({ rewards: row.rewards, ...of }, how).rewards, want)
      expectClose(klPenalizedRewards({ rewards: row.tokenRewards, ...of }, how).rewards, want)
    }
    for (const [estimator, want] of Object.entries(row.openrlhf) as [KlEstimator, Matrix][]) {
      const rewards = clipRewards(row.rewards)
      const how = { beta: 0.3, estimator, convention: 'openrlhf' } as const
      expectClose(klPenalizedRewards({ rewards, ...of }, how).rewards, want)
    }
    for (const [estimator, want] of Object.entries(row.trl) as [KlEstimator, Matrix][]) {
      const { kl } = klPenalizedRewards({ rewards: row.rewards, ...of }, { estimator, convention: 'trl' })
      expectClose(kl, want)
    }
  })

  it('never reads what is masked, and bounds only what is bounded', () => {
    const junk = { logprobs: [[-1, Number.NaN]], refLogprobs: [[-2, -Infinity]], mask: [[1, 0]] }
    expect(klPenalizedRewards({ rewards: [3], ...junk }, { beta: 0.5 })).toEqual({
      rewards: [[2.5, 0]],
      kl: [[1, 0]],
    })
    const masked = { rewards: [3], logprobs: [[-1]], refLogprobs: [[-1]], mask: [[0]] }
    expect(klPenalizedRewards(masked).rewards).toEqual([[0]])
    const far = { rewards: [0], logprobs: [[-1000]], refLogprobs: [[0]] }
    const k3 = { estimator: 'k3', beta: 1 } as const
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
    expect(() => klPenalizedRewards(far, { beta: -1 })).toThrow(refusing('OUT_OF_RANGE', 'beta is -1'))
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

describe('clipRewards', () => {
  it('bounds what is beyond, infinities too', () => {
    expect(clipRewards([-Infinity, -10.5, 3, 99])).toEqual([-10, -10, 3, 10])
    expect(clipRewards([[2], [-2, 0.5]], { low: -1, high: 1 })).toEqual([[1], [-1, 0.5]])
    expect(() => clipRewards([1, Number.NaN])).toThrow(refusing('NOT_FINITE', 'NaN as number 1'))
    expect(() => clipRewards([1], { low: 2, high: 1 })).toThrow(
      refusing('OUT_OF_RANGE', 'low is 2 and high 1'),
    )
  })
})

describe('running moments', () => {
  it('against TRL', () => {
    let moments = noMoments
    for (const row of goldens.moments) {
      moments = updateMoments(moments, row.rewards)
      const { mean, variance, count } = moments
      expectClose([[mean], [variance]], [[row.mean], [row.variance]])
      expectClose([[Math.sqrt((variance * count) / (count - 1))]], [[row.deviation]])
    }
  })

  it('do not depend on how the rewards were dealt out', () => {
    const reward = fc.double({ min: -100, max: 100, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.array(reward)), (batches) => {
        const dealt = batches.reduce<RunningMoments>(updateMoments, noMoments)
        const whole = updateMoments(noMoments, batches.flat())
        expect(dealt.count).toBe(whole.count)
        expect(Math.abs(dealt.mean - whole.mean)).toBeLessThan(1e-11)
        expect(Math.abs(dealt.variance - whole.variance)).toBeLessThan(1e-8)
      }),
    )
  })

  it('scale rewards', () => {
    const moments = updateMoments(noMoments, [1, 3, 5])
    expect(moments).toEqual({ mean: 3, variance: 8 / 3, count: 3 })
    expect(scaleByMoments([4, -2], moments, { epsilon: 0 })).toEqual([2, -1])
    expect(scaleByMoments([[4], [-2]], moments, { epsilon: 0, shiftMean: true })).toEqual([[0.5], [-2.5]])
    expect(scaleByMoments([4], moments)[0]).toBe(4 / (2 + 2 ** -23))
    expect(scaleByMoments([4], updateMoments(noMoments, [7]))).toEqual([4])
    expect(updateMoments(moments, [])).toBe(moments)
    const still = updateMoments(noMoments, [2, 2])
    expect(() => scaleByMoments([4], still, { epsilon: 0 })).toThrow(
      refusing('OVERFLOW', 'result[0] is Infinity'),
    )
    expect(() => updateMoments(noMoments, [1e200, -1e200])).toThrow(refusing('OVERFLOW', 'variance'))
  })
})

describe('lengths', () => {
  const { lengths, penalties, rewards, truncated, stopped } = goldens.lengths
  const cases = (['trl', 'openrlhf', 'verl'] as const).flatMap((convention) =>
    Object.entries(penalties[convention]).map(([band, want]) => [convention, Number(band), want] as const),
  )
  it.each(cases)('overlong, against %s, band %d', (convention, band, want) => {
    const factor = convention === 'trl' ? 1 : 0.5
    expectClose([overlongPenalties(lengths, { maxLength: 100, band, factor, convention })], [want])
  })

  it.each(Object.entries(stopped))('stop properly, against OpenRLHF, coefficient %s', (coefficient, want) => {
    expectClose([stopProperlyRewards(rewards, truncated, { coefficient: Number(coefficient) })], [want])
  })

  it('refuses what has no sense', () => {
    const options = { maxLength: 10, band: 4 }
    expect(() => overlongPenalties([1.5], options)).toThrow(refusing('OUT_OF_RANGE', '1.5 for response 0'))
    expect(() => overlongPenalties([1], { ...options, band: 11 })).toThrow(
      refusing('OUT_OF_RANGE', 'band is 11'),
    )
    const none = { maxLength: 10, band: 0, convention: 'verl' } as const
    expect(() => overlongPenalties([1], none)).toThrow(refusing('OUT_OF_RANGE', 'band is 0'))
    expect(() => stopProperlyRewards([1], [true], { coefficient: 2 })).toThrow(
      refusing('OUT_OF_RANGE', 'is 2'),
    )
    expect(() => stopProperlyRewards([1], [], { coefficient: 1 })).toThrow(
      refusing('SHAPE_MISMATCH', 'truncated'),
    )
    const two = [2] as unknown as boolean[]
    expect(() => stopProperlyRewards([1], two, { coefficient: 1 })).toThrow(
      refusing('OUT_OF_RANGE', 'truncated[0]'),
    )
  })
})

describe('informativeGroups', () => {
  const { groups, kept } = goldens.filters
  it.each(['verl', 'trl', 'openrlhf'] as const)('against %s', (convention) => {
    const want = groups.flatMap((_, i) => (kept[convention][i] ? [i] : []))
    expect(informativeGroups(groups, { convention }).groups).toEqual(want)
  })

  it('names responses, of labelled groups too', () => {
    const groups = ['b', 'a', 'b', 'c', 'a', 'b']
    expect(informativeGroups([1, 2, 1, 5, 3, 1], { groups })).toEqual({
      groups: [1, 2],
      responses: [1, 3, 4],
    })
    expect(informativeGroups([[], [1, 2]])).toEqual({ groups: [1], responses: [0, 1] })
    expect(informativeGroups([[5]], { convention: 'trl' }).groups).toEqual([])
    const range = [1, 1] as const
    expect(() => informativeGroups([[1]], { range })).toThrow(refusing('OUT_OF_RANGE', 'range is [1,1]'))
  })
})
