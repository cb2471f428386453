import { describe, expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { functionReward } from './function-reward'
import { goldenReward } from './golden-reward'
import {
  cosineLengthReward,
  missingEosReward,
  overlongReward,
  perTokenReward,
  repetitionReward,
  stopProperly,
} from './length-rewards'

const long = (length: number, finishReason: 'stop' | 'length' = 'stop') =>
  rolloutOf(String(length), { tokens: Array.from({ length }, (_, i) => i), finishReason })

describe('rewards of length', () => {
  it('punishes what is overlong, softly', async () => {
    const reward = overlongReward({ maxLength: 10, band: 4, name: 'long', weight: 0.5 })
    expect(reward).toMatchObject({ name: 'long', weight: 0.5 })
    expect((await reward.score([long(6), long(8), long(12)])).scores).toEqual([0, -0.5, -1])
  })

  it('goes along a cosine, by what is correct', async () => {
    const correct = functionReward('right', ({ text }) => (text === '10' ? undefined : text !== '5'))
    const reward = cosineLengthReward({ correct, maxLength: 10 })
    const { scores, metrics } = await reward.score([long(0), long(5), long(10)])
    expect(scores[0]).toBe(1)
    expect(scores[1]).toBeCloseTo(-0.75, 14)
    expect(scores[2]).toBeNaN()
    expect(metrics).toEqual({ correct: 1 / 3 })
  })

  it('punishes repetition of tokens', async () => {
    const tokens = [1, 2, 1, 2, 1, 2]
    const { scores } = await repetitionReward({ ngramSize: 2 }).score([long(6), rolloutOf('ab', { tokens })])
    expect(scores).toEqual([0, -(1 - 2 / 5)])
  })

  it('punishes what does not end, and every token', async () => {
    const rollouts = [long(3), long(4, 'length')]
    expect((await missingEosReward({ penalty: 1 }).score(rollouts)).scores).toEqual([0, -1])
    expect((await perTokenReward({ penalty: 0.5 }).score(rollouts)).scores).toEqual([-1.5, -2])
    expect(() => perTokenReward({ penalty: Number.NaN })).toThrow(
      'perToken: penalty: expected a number, got NaN',
    )
  })

  it('lowers another reward of what does not end', async () => {
    const inner = functionReward('own', ({ text }) => (text === '9' ? undefined : 2), { weight: 3 })
    const origin = { place: 'run.yaml:12: policy.rewards[1]', type: 'function' }
    const reward = stopProperly({ ...inner, origin }, { coefficient: 0.25 })
    expect(reward).toMatchObject({ name: 'own', weight: 3, origin })
    const rollouts = [long(3), long(4, 'length'), long(9, 'length')]
    expect((await reward.score(rollouts)).scores).toEqual([2, 0.5, Number.NaN])
  })

  it('only measures what is golden', async () => {
    const reward = goldenReward(perTokenReward({ penalty: 1 }))
    expect(reward).toMatchObject({ name: 'golden', weight: 0 })
    expect((await reward.score([long(2)])).scores).toEqual([-2])
  })
})
