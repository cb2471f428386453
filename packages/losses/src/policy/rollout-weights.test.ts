import { grad, reduceSum, type Tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LossError, type RolloutCorrection, rolloutWeights } from '../index'
import { expectRows, f64, ofRatios } from './testing'

const inf = Number.POSITIVE_INFINITY
const nan = Number.NaN
const corrections: RolloutCorrection[] = [
  'token-truncate',
  'token-mask',
  'sequence-truncate',
  'sequence-mask',
  'sequence-mean-mask',
]

describe('rolloutWeights', () => {
  const inputs = ofRatios(
    [
      [0.4, 2, 5],
      [1.5, 1.5, 9],
    ],
    [
      [1, 1, 1],
      [1, 1, 0],
    ],
  )

  it.each([
    [
      'token-truncate',
      [
        [0.5, 2, 3],
        [1.5, 1.5, 0],
      ],
    ],
    [
      'token-mask',
      [
        [0, 2, 0],
        [1.5, 1.5, 0],
      ],
    ],
    [
      'sequence-truncate',
      [
        [3, 3, 3],
        [2.25, 2.25, 0],
      ],
    ],
    [
      'sequence-mask',
      [
        [0, 0, 0],
        [2.25, 2.25, 0],
      ],
    ],
    [
      'sequence-mean-mask',
      [
        [0.4, 2, 5],
        [1.5, 1.5, 0],
      ],
    ],
  ] as const)('%s within [0.5, 3]', (correction, expected) => {
    const { weights } = rolloutWeights(inputs, { correction, ratioLow: 0.5, ratioHigh: 3 })
    expectRows(weights, expected as never)
  })

  it('where both compute alike every weight is 1, whatever the correction', () => {
    const same = {
      logprobs: f64([
        [-1, -2],
        [-3, 0],
      ]),
      rolloutLogprobs: f64([
        [-1, -2],
        [-3, 0],
      ]),
    }
    for (const correction of corrections) {
      const { weights, metrics } = rolloutWeights(same, { correction, ratioLow: 1, ratioHigh: 2 })
      expect(weights.data.every((weight) => weight === 1)).toBe(true)
      expect(metrics.vllm_kl.item()).toBe(0)
      expect(metrics.is_filter_ratio.item()).toBe(0)
      expect(metrics['rollout_corr/rollout_is_eff_sample_size'].item()).toBeCloseTo(1, 12)
    }
  })

  it('is constant: the weights have no gradient', () => {
    for (const correction of corrections) {
      const of = (logprobs: Tensor) =>
        reduceSum(
          rolloutWeights({ ...inputs, logprobs }, { correction, ratioHigh: 9, normalize: true }).weights,
        )
      expect(grad(of)<Tensor>(inputs.logprobs).data.every((slope) => slope === 0)).toBe(true)
    }
  })

  it('weights are within the bounds, or 0 where a mask drops them; padding and the other rows change nothing', () => {
    const ratio = fc.double({ min: 0.01, max: 20, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(ratio, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...corrections),
        (ratios, correction) => {
          const options = { correction, ratioLow: 0.5, ratioHigh: 3 }
          const alone = rolloutWeights(ofRatios([ratios]), options).weights.data
          const padded = rolloutWeights(
            {
              logprobs: f64([
                [nan, ...ratios.map((x) => Math.log(x) - 1), -inf],
                new Array(ratios.length + 2).fill(3),
              ]),
              rolloutLogprobs: f64([
                [0, ...ratios.map(() => -1), -inf],
                new Array(ratios.length + 2).fill(-1),
              ]),
              mask: [[0, ...ratios.map(() => 1), 0], new Array(ratios.length + 2).fill(1)],
            },
            options,
          ).weights.data
          ratios.forEach((_, t) => {
            expect(padded[t + 1]).toBeCloseTo(alone[t]!, 12)
            const bounded = alone[t]! >= 0.5 - 1e-12 && alone[t]! <= 3 + 1e-12
            const dropped = correction.endsWith('mask') && alone[t] === 0
            expect(bounded || dropped || correction === 'sequence-mean-mask').toBe(true)
          })
        },
      ),
    )
  })

  it('normalised weights have the mean 1, over tokens or over sequences', () => {
    const tokens = rolloutWeights(inputs, { ratioHigh: 9, normalize: true })
    const total = Array.from(tokens.weights.data).reduce((sum, weight) => sum + weight, 0)
    expect(total / 5).toBeCloseTo(1, 12)
    expect(tokens.metrics['rollout_corr/rollout_is_batch_norm_factor'].item()).toBeCloseTo(10.4 / 5, 12)
    const options = { correction: 'sequence-truncate', ratioHigh: 9, normalize: true } as const
    const [first, second] = rolloutWeights(inputs, options).weights.toArray() as number[][]
    expect((first![0]! + second![0]!) / 2).toBeCloseTo(1, 12)
    const nothing = rolloutWeights(ofRatios([[9]]), { correction: 'token-mask', normalize: true })
    expect(nothing.weights.item()).toBe(0)
    expect(nothing.metrics['rollout_corr/rollout_is_eff_sample_size'].item()).toBe(0)
  })

  it('a token that the engine did not score has the ratio 1 and is no part of the differences', () => {
    const unscored = {
      logprobs: f64([[-1, -2, -inf]]),
      rolloutLogprobs: f64([[-1.5, nan, nan]]),
    }
    for (const correction of corrections) {
      const { weights, metrics } = rolloutWeights(unscored, { correction, ratioHigh: 3 })
      const expected =
        correction.startsWith('token') || correction === 'sequence-mean-mask'
          ? [Math.exp(0.5), 1, 1]
          : new Array(3).fill(Math.exp(0.5))
      expectRows(weights, [expected])
      expect(metrics['sampling/sampling_logp_difference/mean'].item()).toBeCloseTo(0.5, 12)
      expect(metrics['sampling/sampling_logp_difference/max'].item()).toBeCloseTo(0.5, 12)
      expect(metrics.vllm_kl.item()).toBeCloseTo(-0.5, 12)
    }
  })

  it('log-ratios of any size, infinite ones too, have finite weights; those that meet are named', () => {
    for (const difference of [-inf, -2000, -50, 50, 2000]) {
      for (const correction of corrections) {
        for (const convention of ['trl', 'verl'] as const) {
          const far = { logprobs: f64([[difference, -1]]), rolloutLogprobs: f64([[0, -1]]) }
          const { weights } = rolloutWeights(far, { correction, convention })
          expect([difference, correction, weights.data.every(Number.isFinite)]).toEqual([
            difference,
            correction,
            true,
          ])
        }
      }
    }
    const impossible = { logprobs: f64([[-1]]), rolloutLogprobs: f64([[-inf]]) }
    expect(rolloutWeights(impossible).weights.item()).toBe(3)
    expect(rolloutWeights(impossible, { convention: 'verl' }).weights.item()).toBe(2)
    expect(rolloutWeights(impossible, { correction: 'sequence-mean-mask' }).weights.item()).toBe(0)
    const both = { logprobs: f64([[-1, -inf]]), rolloutLogprobs: f64([[-1, -inf]]) }
    for (const correction of corrections) {
      expect(() => rolloutWeights(both, { correction })).toThrow(
        /rolloutWeights: .* logprobs and rolloutLogprobs/,
      )
    }
  })

  it('in single precision weights without a bound have finite metrics', () => {
    const far = { logprobs: [[-1, 99]], rolloutLogprobs: [[-1, -1]] }
    for (const correction of corrections) {
      const { weights, metrics } = rolloutWeights(far, { correction, ratioHigh: 1e38 })
      expect(weights.dtype).toBe('f32')
      for (const [name, metric] of Object.entries(metrics)) {
        expect([name, Number.isFinite(metric.item())]).toEqual([name, true])
      }
    }
  })

  it('without tokens every metric is 0, but for the factor of 1', () => {
    for (const correction of corrections) {
      const { weights, metrics } = rolloutWeights(ofRatios([[3, 4]], [[0, 0]]), {
        correction,
        normalize: true,
      })
      expect(weights.toArray()).toEqual([[0, 0]])
      for (const [name, metric] of Object.entries(metrics)) {
        expect([name, metric.item()]).toEqual([name, name.endsWith('factor') ? 1 : 0])
      }
    }
  })

  it('sequences without tokens count in no metric', () => {
    const [alone, beside] = [
      [[2, 3]],
      [
        [2, 3],
        [1, 1],
      ],
    ].map((ratios, i) =>
      rolloutWeights(
        ofRatios(
          ratios,
          i === 0
            ? [[1, 1]]
            : [
                [1, 1],
                [0, 0],
              ],
        ),
        { correction: 'sequence-truncate' },
      ),
    )
    for (const [name, metric] of Object.entries(alone!.metrics)) {
      expect([name, beside!.metrics[name as 'vllm_kl'].item()]).toEqual([name, metric.item()])
    }
  })

  const plain = { logprobs: [[-1, -2]], rolloutLogprobs: [[-1, -2]] }
  it.each([
    [
      'a misspelt option',
      () => rolloutWeights(plain, { mode: 'tis' } as never),
      /rolloutWeights: no option mode/,
    ],
    [
      'an unknown correction',
      () => rolloutWeights(plain, { correction: 'tis' } as never),
      /correction: expected one of token-truncate/,
    ],
    ['bounds in the wrong order', () => rolloutWeights(plain, { ratioLow: 3 }), /ratioLow: .* got 3/],
    ['no upper bound', () => rolloutWeights(plain, { ratioHigh: inf }), /ratioHigh: /],
    ['other shapes', () => rolloutWeights({ ...plain, rolloutLogprobs: [[1]] }), /must both be \[B, T\]/],
    [
      'a misspelt input',
      () => rolloutWeights({ ...plain, rolloutLogProbs: [[1, 1]] } as never),
      /rolloutWeights: no input rolloutLogProbs/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
