import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, readGoldens } from '../goldens/load-goldens'
import { flashReinforceAdvantages } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

const goldens = readGoldens<{
  clipped: {
    reference: string
    functions: string[]
    rewards: number[]
    size: number
    low: number
    high: number
    flash: number[]
    flashClipped: number[]
    rlooClipped: number[]
    drGrpoClipped: number[]
  }
}>('responses')

describe('FlashREINFORCE, and clipping after the baseline', () => {
  const { rewards, size: groups, low, high, functions, ...want } = goldens.clipped
  it('against OpenRLHF', () =>
    evidenceFor(functions, (given) => {
      const { clipRewards, flashReinforceAdvantages, groupRelativeAdvantages, rlooAdvantages } = given
      const clip = (advantages: number[]) => clipRewards(advantages, { low, high })
      expectClose([flashReinforceAdvantages(rewards)], [want.flash])
      expectClose([clip(flashReinforceAdvantages(rewards))], [want.flashClipped])
      expectClose([clip(rlooAdvantages(rewards, { groups }))], [want.rlooClipped])
      expectClose([clip(groupRelativeAdvantages(rewards, { groups, scale: 'none' }))], [want.drGrpoClipped])
      expect(want.flashClipped).not.toEqual(want.flash)
    }))

  it('equal rewards give exactly 0, and no rewards none', () => {
    expect(flashReinforceAdvantages([[0.1], [0.1, 0.1]])).toEqual([[0], [0, 0]])
    expect(flashReinforceAdvantages([])).toEqual([])
    expect(flashReinforceAdvantages([1e200, -1e200])).toEqual([1e200, -1e200])
    expect(() => flashReinforceAdvantages([1, Number.NaN])).toThrow(refusing('NOT_FINITE', 'rewards[1]'))
  })
})
