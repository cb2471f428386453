import { describe, expect, it } from 'vitest'
import { importanceRatios, LossError, type PolicyInputs, rlooLoss, sequenceMeanTokenMean } from '../index'
import { expectClose, gradientOf, moved } from './testing'

describe('rlooLoss', () => {
  it('within the clip −ρA for each token, beyond it nothing', () => {
    const of = (x: PolicyInputs) => ({
      losses: sequenceMeanTokenMean(rlooLoss(x, { clipEpsilon: 0.9 }).losses, { convention: 'trl' }),
    })
    const { logprobs, oldLogprobs } = moved
    const { data } = importanceRatios({ logprobs, oldLogprobs }, { importance: 'sequence' })
    const [up, down] = [(-0.7 * data[0]!) / 2, (1.1 * data[3]!) / 2]
    expectClose(gradientOf(of, moved), [up, up, up, down, down, down])
    // Σ log ρ is 0.3 and 0.4: both ratios are above, where only a good sequence is held.
    const narrow = (x: PolicyInputs) => rlooLoss(x, { clipEpsilon: 0.01 })
    expect(Array.from(gradientOf(narrow, moved).data).slice(0, 3)).toEqual([0, 0, 0])
    const { metrics } = narrow(moved)
    expect(metrics['clip_ratio/high_mean'].item()).toBe(0.5)
    expect(metrics['clip_ratio/low_mean'].item()).toBe(0)
  })

  const inputs = { logprobs: [[-1, -2]], advantages: [1] }
  it.each([
    ['a misspelt option', () => rlooLoss(inputs, { dualClip: 3 } as never), /rlooLoss: no option dualClip/],
    ['ε beyond 1', () => rlooLoss(inputs, { clipEpsilon: 1.5 }), /rlooLoss: clipEpsilon: .* got 1.5/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
