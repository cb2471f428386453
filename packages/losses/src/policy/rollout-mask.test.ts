import { describe, expect, it } from 'vitest'
import { LossError, rolloutMask } from '../index'
import { f64, ofRatios } from './testing'

const inf = Number.POSITIVE_INFINITY
const nan = Number.NaN

describe('rolloutMask', () => {
  const inputs = ofRatios([
    [1, 1.1, 1.1],
    [1, 0.5, 2],
  ])

  it('keeps tokens or sequences that are near enough', () => {
    const kept = (
      over: 'token' | 'sequence-sum' | 'sequence-mean' | 'sequence-max',
      divergence: 'k1' | 'k2' = 'k1',
    ) => rolloutMask(inputs, { over, divergence, threshold: divergence === 'k1' ? 1.15 : 0.1 }).mask.toArray()
    const t = true
    expect(kept('token')).toEqual([
      [t, t, t],
      [t, false, false],
    ])
    // Σ k1 = −2 log 1.1, below −log 1.15; and 0, for k1 is signed.
    expect(kept('sequence-sum')).toEqual([
      [false, false, false],
      [t, t, t],
    ])
    expect(kept('sequence-mean')).toEqual([
      [t, t, t],
      [t, t, t],
    ])
    expect(kept('token', 'k2')).toEqual([
      [t, t, t],
      [t, false, false],
    ])
    expect(kept('sequence-max', 'k2')).toEqual([
      [t, t, t],
      [false, false, false],
    ])
  })

  it('every divergence is 0 on the same policy, and is not kept below itself', () => {
    for (const divergence of ['k2', 'k3', 'binary-kl', 'total-variation'] as const) {
      const of = (threshold: number, given = inputs) =>
        rolloutMask(given, { divergence, threshold }).mask.toArray()
      expect(of(1e-12, ofRatios([[1, 1]]))).toEqual([[true, true]])
      expect(of(1e-5, ofRatios([[0.5, 1.6]]))).toEqual([[false, false]])
      expect(of(50)).toEqual([
        [true, true, true],
        [true, true, true],
      ])
    }
  })

  it('shares, with rows and tokens that are masked or that nobody scored', () => {
    const given = {
      ...ofRatios(
        [
          [9, 1, 1],
          [1, 9, 9],
          [1, 1, 1],
        ],
        [
          [1, 1, 1],
          [1, 0, 1],
          [0, 0, 0],
        ],
      ),
    }
    const { mask, metrics } = rolloutMask(given, { threshold: 2 })
    expect(mask.toArray()).toEqual([
      [false, true, true],
      [true, false, false],
      [false, false, false],
    ])
    expect(metrics['rollout_corr/rollout_rs_masked_fraction'].item()).toBeCloseTo(2 / 5, 12)
    expect(metrics['rollout_corr/rollout_rs_seq_masked_fraction'].item()).toBeCloseTo(1, 12)
    const unscored = { logprobs: [[-1]], rolloutLogprobs: [[nan]] }
    expect(rolloutMask(unscored, { threshold: 2 }).mask.toArray()).toEqual([[true]])
    const far = { logprobs: f64([[-inf, -1]]), rolloutLogprobs: f64([[-1, -inf]]) }
    for (const divergence of ['k1', 'k2', 'k3', 'total-variation'] as const) {
      expect(
        rolloutMask(far, { divergence, threshold: 1.01 / 4 + (divergence === 'k1' ? 2 : 0) }).mask.toArray(),
      ).toEqual([[false, false]])
    }
    const both = { logprobs: f64([[-inf]]), rolloutLogprobs: f64([[-inf]]) }
    expect(() => rolloutMask(both, { threshold: 2 })).toThrow(/rolloutMask: .* logprobs and rolloutLogprobs/)
  })

  const plain = { logprobs: [[-1, -2]], rolloutLogprobs: [[-1, -2]] }
  it.each([
    [
      'an unknown divergence',
      () => rolloutMask(plain, { divergence: 'k4', threshold: 1 } as never),
      /divergence: expected one of/,
    ],
    ['no threshold', () => rolloutMask(plain, {} as never), /threshold: .* got undefined/],
    [
      'a low threshold of k2',
      () => rolloutMask(plain, { divergence: 'k2', threshold: 1, thresholdLow: 0.5 }),
      /thresholdLow: has no effect here, expected divergence: 'k1'/,
    ],
    [
      'a low threshold above',
      () => rolloutMask(plain, { threshold: 1.2, thresholdLow: 1.3 }),
      /thresholdLow: .* got 1.3/,
    ],
    [
      'a threshold whose inverse is above',
      () => rolloutMask(plain, { threshold: 0.5 }),
      /rolloutMask: threshold: expected a number in \(1, Infinity\), got 0.5/,
    ],
    [
      'a threshold that is its inverse',
      () => rolloutMask(plain, { threshold: 1 }),
      /Mask: threshold: .* got 1$/,
    ],
    [
      'a misspelt input',
      () => rolloutMask({ ...plain, masks: [[1, 1]] } as never, { threshold: 2 }),
      /rolloutMask: no input masks/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
