import { describe, expect, it } from 'vitest'
import { gpgLoss, LossError, reinforceLoss } from '../index'
import { expectClose, gradientOf, moved } from './testing'

describe('gpgLoss', () => {
  it('is REINFORCE: −A for each token, whatever the policy was', () => {
    expectClose(gpgLoss(moved).losses, Array.from(reinforceLoss(moved).losses.data))
    expectClose(gradientOf(gpgLoss, moved), [-0.7, -0.7, -0.7, 1.1, 1.1, 1.1])
    const kl = reinforceLoss(moved).metrics['actor/ppo_kl']
    expect(gpgLoss(moved).metrics['actor/ppo_kl'].item()).toBe(kl.item())
  })

  it.each([
    ['one log-probability', () => gpgLoss({ logprobs: [1], advantages: [1] }), /^gpgLoss: /],
    [
      'a misspelt input',
      () => gpgLoss({ logprobs: [[1]], advantages: [1], masks: [[1]] } as never),
      /gpgLoss: no input masks/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
