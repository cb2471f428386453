import { grad, jit, mul, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  LossError,
  offPolicySequenceMask,
  type RolloutCorrection,
  rolloutMask,
  rolloutMismatch,
  rolloutWeights,
  topEntropyMask,
} from '../index'

const inf = Number.POSITIVE_INFINITY
const nan = Number.NaN
const f64 = (values: number[][]) => tensor(values, { dtype: 'f64' })
const corrections: RolloutCorrection[] = [
  'token-truncate',
  'token-mask',
  'sequence-truncate',
  'sequence-mask',
  'sequence-mean-mask',
]
/** Tokens whose ratios are these. */
const ofRatios = (ratios: number[][], mask?: number[][]) => ({
  logprobs: f64(ratios.map((row) => row.map((ratio) => Math.log(ratio) - 1))),
  rolloutLogprobs: f64(ratios.map((row) => row.map(() => -1))),
  ...(mask && { mask }),
})
const expectRows = (got: Tensor, expected: number[][]) => {
  ;(got.toArray() as number[][]).forEach((row, i) => {
    row.forEach((value, t) => {
      expect(value).toBeCloseTo(expected[i]![t]!, 12)
    })
  })
}

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
    expect(rolloutWeights(impossible).weights.item()).toBe(2)
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
})

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
})

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
})

describe('offPolicySequenceMask', () => {
  const away = { logprobs: f64([[-2, -1]]), rolloutLogprobs: f64([[-1, -1]]) }
  const of = (advantages: number[] | number[][], threshold: number, given = away) =>
    offPolicySequenceMask({ ...given, advantages }, { threshold }).toArray()

  it('drops a bad sequence that the policy has left, by more than the threshold', () => {
    expect(of([-1], 0.4)).toEqual([[false, false]])
    expect(of([-1], 0.5)).toEqual([[true, true]])
    expect(of([1], 0)).toEqual([[true, true]])
    expect(of([0], 0)).toEqual([[true, true]])
    expect(of([[-1, 1]], 0.4)).toEqual([[false, true]])
    const nearer = { logprobs: away.rolloutLogprobs, rolloutLogprobs: away.logprobs }
    expect(of([-1], 0, nearer)).toEqual([[true, true]])
  })

  it('masked tokens and those that nobody scored', () => {
    const given = {
      logprobs: f64([
        [-9, -2, -1],
        [-9, -9, -9],
      ]),
      rolloutLogprobs: f64([
        [0, -1, nan],
        [nan, nan, nan],
      ]),
    }
    const mask = [
      [0, 1, 1],
      [1, 1, 0],
    ]
    const kept = offPolicySequenceMask({ ...given, advantages: [-1, -1], mask }, { threshold: 0.5 })
    expect(kept.toArray()).toEqual([
      [false, true, true],
      [true, true, false],
    ])
  })
})

describe('topEntropyMask', () => {
  it('keeps the share of tokens with the largest entropies', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 12 }),
        (values) => {
          const n = values.length
          for (const share of [0.1, 0.25, 0.6, 1]) {
            const kept = topEntropyMask(f64([values]), { share }).data
            const sorted = [...values].sort((a, b) => a - b)
            // As many as lie at or above place (1 − ρ)(n − 1) of those in order.
            const place = Math.ceil((1 - share) * (n - 1) - 1e-12)
            values.forEach((value, i) => {
              expect(Boolean(kept[i])).toBe(value >= sorted[place]!)
            })
          }
        },
      ),
    )
  })

  it('over the whole batch, without what is masked or NaN; ties are kept together', () => {
    const entropies = f64([
      [9, 1, 2],
      [3, nan, 4],
    ])
    const mask = [
      [0, 1, 1],
      [1, 1, 1],
    ]
    expect(topEntropyMask(entropies, { mask, share: 0.5 }).toArray()).toEqual([
      [false, false, false],
      [true, false, true],
    ])
    expect(topEntropyMask(f64([[1, 2, 2, 2]]), { share: 0.2 }).toArray()).toEqual([[false, true, true, true]])
    expect(topEntropyMask(f64([[1, 2]]), { mask: [[0, 0]] }).toArray()).toEqual([[false, false]])
    expect(topEntropyMask(f64([[1, inf, inf, 0]]), { share: 0.34 }).toArray()).toEqual([
      [false, true, true, false],
    ])
  })
})

describe('use', () => {
  it('inside jit, with a batch of any size', async () => {
    const step = jit(
      (logprobs: Tensor, rolloutLogprobs: Tensor) => {
        const { weights } = rolloutWeights({ logprobs, rolloutLogprobs })
        const near = offPolicySequenceMask(
          { logprobs, rolloutLogprobs, advantages: logprobs },
          { threshold: 1 },
        )
        return reduceSum(mul(weights, mul(near, topEntropyMask(mul(-1, logprobs), { share: 1 }))))
      },
      { backend: 'reference', symbolicDims: [['B'], ['B']] },
    )
    for (const size of [1, 3]) {
      const x = tensor(new Float32Array(size * 2).fill(-1), { shape: [size, 2] })
      expect((await step(x, x)).item()).toBeCloseTo(size * 2, 6)
    }
  })

  const inputs = { logprobs: [[-1, -2]], rolloutLogprobs: [[-1, -2]] }
  it.each([
    [
      'a misspelt option',
      () => rolloutWeights(inputs, { mode: 'tis' } as never),
      /rolloutWeights: no option mode/,
    ],
    [
      'an unknown correction',
      () => rolloutWeights(inputs, { correction: 'tis' } as never),
      /correction: expected one of token-truncate/,
    ],
    ['bounds in the wrong order', () => rolloutWeights(inputs, { ratioLow: 3 }), /ratioLow: .* got 3/],
    ['no upper bound', () => rolloutWeights(inputs, { ratioHigh: inf }), /ratioHigh: /],
    ['other shapes', () => rolloutWeights({ ...inputs, rolloutLogprobs: [[1]] }), /must both be \[B, T\]/],
    [
      'an unknown divergence',
      () => rolloutMask(inputs, { divergence: 'k4', threshold: 1 } as never),
      /divergence: expected one of/,
    ],
    ['no threshold', () => rolloutMask(inputs, {} as never), /threshold: .* got undefined/],
    [
      'a low threshold of k2',
      () => rolloutMask(inputs, { divergence: 'k2', threshold: 1, thresholdLow: 0.5 }),
      /thresholdLow: only k1/,
    ],
    [
      'a low threshold above',
      () => rolloutMask(inputs, { threshold: 1.2, thresholdLow: 1.3 }),
      /thresholdLow: .* got 1.3/,
    ],
    [
      'a threshold whose inverse is above',
      () => rolloutMask(inputs, { threshold: 0.5 }),
      /thresholdLow: .* got 2/,
    ],
    [
      'a misspelt option of a mask',
      () => offPolicySequenceMask({ ...inputs, advantages: [1] }, { delta: 1 } as never),
      /no option delta/,
    ],
    [
      'other advantages',
      () => offPolicySequenceMask({ ...inputs, advantages: [1, 2] }, { threshold: 1 }),
      /advantages must be/,
    ],
    ['a share of 0', () => topEntropyMask([[1]], { share: 0 }), /share: .* got 0/],
    ['a misspelt share', () => topEntropyMask([[1]], { quantile: 0.2 } as never), /no option quantile/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
