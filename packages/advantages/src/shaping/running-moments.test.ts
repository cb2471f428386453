import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, readGoldens } from '../goldens/load-goldens'
import { noMoments, type RunningMoments, scaleByMoments, updateMoments } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

const goldens = readGoldens<{
  moments: { functions: string[]; rewards: number[]; mean: number; variance: number; deviation: number }[]
}>('shaping')

describe('running moments', () => {
  it('against TRL', () => {
    let moments = noMoments
    for (const row of goldens.moments) {
      evidenceFor(row.functions, (given) => {
        moments = given.updateMoments(moments, row.rewards)
      })
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
    const refused: [object, string][] = [
      [{ mean: '1', variance: 1, count: 3 }, 'moments.mean is the string "1"'],
      [{ mean: null, variance: 1, count: 3 }, 'moments.mean is null'],
      [{ mean: 1, variance: -1, count: 3 }, 'moments.variance is -1'],
      [{ mean: 1, variance: 1, count: 1.5 }, 'moments.count is 1.5; expected a whole number'],
      [{ mean: 1, variance: 1, count: -1 }, 'moments.count is -1'],
    ]
    for (const [wrong, message] of refused) {
      expect(() => updateMoments(wrong as never, [1])).toThrow(refusing('OUT_OF_RANGE', message))
      expect(() => scaleByMoments([1], wrong as never)).toThrow(refusing('OUT_OF_RANGE', message))
    }
    expect(() => updateMoments(noMoments, [1e200, -1e200])).toThrow(refusing('OVERFLOW', 'variance'))
  })
})
