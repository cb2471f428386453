import { describe, expect, it } from 'vitest'
import { LossError, rolloutMismatch } from '../index'
import { f64 } from './testing'

const inf = Number.POSITIVE_INFINITY
const nan = Number.NaN

describe('rolloutMismatch', () => {
  it('is 0 on the same policy, with equal perplexities', () => {
    const metrics = rolloutMismatch({ logprobs: f64([[-1, -2]]), rolloutLogprobs: f64([[-1, -2]]) })
    for (const [name, metric] of Object.entries(metrics)) {
      const expected = name.endsWith('_log_ppl')
        ? 1.5
        : name.endsWith('g_ppl') || name.endsWith('t_ppl')
          ? Math.exp(1.5)
          : 0
      expect([name, metric.item() + 0]).toEqual([name, name.endsWith('ppl_ratio') ? 1 : expected])
    }
  })

  it('sequences without tokens do not count, and infinities that meet are named', () => {
    const one = { logprobs: f64([[-1, -2]]), rolloutLogprobs: f64([[-1.3, -2.1]]) }
    const two = {
      logprobs: f64([
        [-1, -2],
        [-9, nan],
      ]),
      rolloutLogprobs: f64([
        [-1.3, -2.1],
        [0, inf],
      ]),
      mask: [
        [1, 1],
        [0, 0],
      ],
    }
    const [alone, beside] = [rolloutMismatch(one), rolloutMismatch(two)]
    for (const [name, metric] of Object.entries(alone)) {
      expect([name, beside[name as keyof typeof beside].item()]).toEqual([name, metric.item()])
    }
    for (const metric of Object.values(rolloutMismatch({ ...one, mask: [[0, 0]] })))
      expect(metric.item()).toBe(0)
    const crossed = { logprobs: f64([[-inf, -1]]), rolloutLogprobs: f64([[-1, -inf]]) }
    expect(() => rolloutMismatch(crossed)).toThrow(/rolloutMismatch: .* logprobs and rolloutLogprobs/)
  })

  const plain = { logprobs: [[-1, -2]], rolloutLogprobs: [[-1, -2]] }
  it.each([
    [
      'a misspelt input',
      () => rolloutMismatch({ ...plain, masks: [[1, 1]] } as never),
      /rolloutMismatch: no input masks/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
