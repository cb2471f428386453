import { describe, expect, it } from 'vitest'
import { importanceRatios, LossError, type PolicyInputs, reinforceLoss } from '../index'
import { expectClose, gradientOf, moved } from './testing'

const ratios = (importance: 'token' | 'sequence' | 'sequence-mean') => {
  const { logprobs, oldLogprobs } = moved
  return Array.from(importanceRatios({ logprobs, oldLogprobs }, { importance }).data)
}

describe('reinforceLoss', () => {
  it('with its ratio has the gradient of −ρA: what the ratio was is not differentiated', () => {
    for (const importance of ['token', 'sequence', 'sequence-mean'] as const) {
      const expected = ratios(importance).map((ratio, i) => -ratio * moved.advantages[i < 3 ? 0 : 1]!)
      expectClose(
        gradientOf((x) => reinforceLoss(x, { importance }), moved),
        expected,
      )
    }
    const bounded = (x: PolicyInputs) =>
      reinforceLoss(x, { importance: 'token', ratioLow: 0.95, ratioHigh: 1.2 })
    const expected = ratios('token').map(
      (ratio, i) => -Math.min(Math.max(ratio, 0.95), 1.2) * moved.advantages[i < 3 ? 0 : 1]!,
    )
    expectClose(gradientOf(bounded, moved), expected)
  })

  const inputs = { logprobs: [[-1, -2]], advantages: [1] }
  it.each([
    [
      'a misspelt option',
      () => reinforceLoss(inputs, { ratio: 1 } as never),
      /reinforceLoss: no option ratio/,
    ],
    [
      'a misspelt input',
      () => reinforceLoss({ ...inputs, oldLogProbs: [[-1, -1]] } as never),
      /reinforceLoss: no input oldLogProbs; expected one of logprobs, oldLogprobs, advantages, mask, weights/,
    ],
    [
      'an unknown ratio',
      () => reinforceLoss(inputs, { importance: 'seq' } as never),
      /importance: expected one of none, token, sequence, sequence-mean, got/,
    ],
    [
      'bounds in the wrong order',
      () => reinforceLoss(inputs, { importance: 'token', ratioLow: 2, ratioHigh: 1 }),
      /ratioLow: .* got 2/,
    ],
    [
      'a bound of no ratio',
      () => reinforceLoss(inputs, { ratioHigh: 2 }),
      /reinforceLoss: ratioHigh: .* got 2/,
    ],
    [
      'another one',
      () => reinforceLoss(inputs, { importance: 'none', ratioLow: 0.5 }),
      /reinforceLoss: ratioLow: .* got 0.5/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
