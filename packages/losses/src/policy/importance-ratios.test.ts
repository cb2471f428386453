import { grad, mul, reduceSum, type Tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { importanceRatios, LossError } from '../index'
import { expectClose, f64 } from './testing'

const inf = Number.POSITIVE_INFINITY

describe('importanceRatios', () => {
  const inputs = {
    logprobs: f64([[-1, -2, -9]]),
    oldLogprobs: f64([[-1.5, -1.8, 0]]),
    mask: [[1, 1, 0]],
  }
  const [a, b] = [0.5, -0.2].map(Math.exp) as [number, number]
  const levels = ['token', 'sequence', 'sequence-mean', 'sequence-token'] as const

  it.each([
    ['token', [a, b, 0], [a, b, 0]],
    ['sequence', [a * b, a * b, 0], [2 * a * b, 2 * a * b, 0]],
    ['sequence-mean', [Math.sqrt(a * b), Math.sqrt(a * b), 0], [Math.sqrt(a * b), Math.sqrt(a * b), 0]],
    ['sequence-token', [Math.sqrt(a * b), Math.sqrt(a * b), 0], [Math.sqrt(a * b), Math.sqrt(a * b), 0]],
  ] as const)('%s', (importance, values, slopes) => {
    expectClose(importanceRatios(inputs, { importance }), values)
    const of = (logprobs: Tensor) => reduceSum(importanceRatios({ ...inputs, logprobs }, { importance }))
    expectClose(grad(of)<Tensor>(inputs.logprobs), slopes)
  })

  it('at the level of a sequence one token moves all ratios, at sequence-token its own', () => {
    const first = (importance: 'sequence-mean' | 'sequence-token') => {
      const of = (logprobs: Tensor) =>
        reduceSum(mul([[1, 0, 0]], importanceRatios({ ...inputs, logprobs }, { importance })))
      return Array.from(grad(of)<Tensor>(inputs.logprobs).data)
    }
    const s = Math.sqrt(a * b)
    expectClose(f64([first('sequence-mean')]), [s / 2, s / 2, 0])
    expectClose(f64([first('sequence-token')]), [s, 0, 0])
  })

  it('is bounded at every level, and infinities that meet are named', () => {
    const far = { logprobs: f64([[0, 0]]), oldLogprobs: f64([[-inf, -2000]]) }
    const both = { logprobs: f64([[-inf]]), oldLogprobs: f64([[-inf]]) }
    for (const importance of levels) {
      expect(importanceRatios(far, { importance }).toArray()).toEqual([[Math.exp(80), Math.exp(80)]])
      expect(() => importanceRatios(both, { importance })).toThrow(
        /importanceRatios: .* logprobs and oldLogprobs/,
      )
    }
  })

  it.each([
    [
      'another level',
      { importance: 'seq' },
      {},
      /importanceRatios: importance: expected one of token, sequence/,
    ],
    ['a misspelt option', { level: 'token' }, {}, /importanceRatios: no option level/],
    ['a misspelt input', {}, { masks: [[1]] }, /importanceRatios: no input masks/],
  ])('%s', (_, options, others, message) => {
    const act = () => importanceRatios({ logprobs: [[1]], oldLogprobs: [[1]], ...others }, options as never)
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
