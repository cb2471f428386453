import { describe, expect, it } from 'vitest'
import { trainRewardModel } from './fit-reward-model'
import { memberSeed } from './member-seed'
import { drawPairs } from './testing/draw-pairs'

const five = [0, 1, 2, 3, 4]

describe('memberSeed', () => {
  it('is the seed itself for the first member, and in [0, 2³²) for all', () => {
    for (const seed of [0, 1, 7, 2 ** 31, 2 ** 32 - 1]) {
      expect(memberSeed(seed, 0)).toBe(seed)
      for (const member of [1, 2, 300]) {
        const own = memberSeed(seed, member)
        expect(Number.isInteger(own) && own >= 0 && own < 2 ** 32).toBe(true)
      }
    }
  })

  it('gives neighbouring seeds no member in common', () => {
    const thousand = Array.from({ length: 1000 }, (_, seed) => five.map((member) => memberSeed(seed, member)))
    expect(new Set(thousand.flat()).size).toBe(5000)
  })

  it('makes all members of ensembles of five with seeds 0 to 4 different models', async () => {
    const data = drawPairs({ pairs: 20, columns: 2, seed: 1 })
    // Without validation pairs the split, which depends on the ensemble's seed, tells no members apart.
    const options = { hidden: [2], epochs: 1, members: 5, validationFraction: 0 }
    const weights = await Promise.all(
      five.map(async (seed) => {
        const { members } = await trainRewardModel(data, { ...options, seed })
        return members.map(({ layers }) => layers.map(({ weight }) => [...weight.data]).join())
      }),
    )
    expect(new Set(weights.flat()).size).toBe(25)
  })
})
