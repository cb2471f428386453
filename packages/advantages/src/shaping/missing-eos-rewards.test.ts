import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, readGoldens } from '../goldens/load-goldens'
import { missingEosRewards } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

const goldens = readGoldens<{
  missingEos: {
    functions: string[]
    rewards: number[]
    ended: boolean[]
    penalty: number
    penalized: number[]
  }
}>('responses')

describe('missingEosRewards', () => {
  it('against TRL', () => {
    const { functions, rewards, ended, penalty, penalized } = goldens.missingEos
    expect(new Set(ended).size).toBe(2)
    evidenceFor(functions, ({ missingEosRewards }) => {
      expectClose([missingEosRewards(rewards, ended, { penalty })], [penalized])
    })
  })

  it('refuses invalid input', () => {
    expect(() => missingEosRewards([1], [true], { penalty: -1 })).toThrow(
      refusing('INVALID_OPTION', 'penalty is -1'),
    )
    expect(() => missingEosRewards([Infinity], [true], { penalty: 1 })).toThrow(
      refusing('NOT_FINITE', 'rewards[0]'),
    )
    expect(() => missingEosRewards([1], [], { penalty: 1 })).toThrow(refusing('SHAPE_MISMATCH', 'ended'))
  })
})
