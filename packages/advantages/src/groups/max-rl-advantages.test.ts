import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { maxRlAdvantages } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

interface Row extends GoldenRow {
  name: string
  groups: number[]
  rewards: number[]
  advantages: number[]
  wide: number[]
}

const { maxRl } = readGoldens<{ maxRl: Row[] }>('skyrl')

describe('maxRlAdvantages', () => {
  it.each(maxRl)('against $reference, $name', ({ functions, rewards, groups, advantages, wide }) =>
    evidenceFor(functions, ({ maxRlAdvantages }) => {
      expectClose([maxRlAdvantages(rewards, { groups })], [advantages])
      expectClose([maxRlAdvantages(rewards, { groups, epsilon: 0.1 })], [wide])
    }),
  )

  it('weights success by its rarity', () => {
    const epsilon = 0
    expect(maxRlAdvantages([[1, 0, 0, 0]], { epsilon })).toEqual([[3, -1, -1, -1]])
    expect(maxRlAdvantages([[1, 1], [0, 0], []], { epsilon })).toEqual([[0, 0], [0, 0], []])
  })

  it('keeps the reward of a group of one, or gives it 0', () => {
    expect(maxRlAdvantages([[-3]])).toEqual([[-3]])
    expect(maxRlAdvantages([[3]], { singletons: 'zero' })).toEqual([[0]])
  })

  it('refuses a mean below 0, and a divisor of 0', () => {
    expect(() => maxRlAdvantages([0, 1, -2, 1], { groups: 2 })).toThrow(
      refusing('OUT_OF_RANGE', 'a mean of -0.5 in the group of response 2; expected 0 or more'),
    )
    // No variance is needed, so rewards whose squares overflow are allowed.
    expect(maxRlAdvantages([1e200, 0], { groups: 2, epsilon: 0 })).toEqual([1, -1])
    expect(() => maxRlAdvantages([[-1, 1]], { epsilon: 0 })).toThrow(refusing('OVERFLOW', 'result[0][0]'))
    expect(() => maxRlAdvantages([[1]], { epsilon: -1 })).toThrow(refusing('INVALID_OPTION', 'epsilon is -1'))
  })
})
