import { jit, mul, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { LossError, offPolicySequenceMask, rolloutWeights, topEntropyMask } from '../index'
import { f64 } from './testing'

const nan = Number.NaN

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

  const plain = { logprobs: [[-1, -2]], rolloutLogprobs: [[-1, -2]] }
  it.each([
    [
      'a misspelt option of a mask',
      () => offPolicySequenceMask({ ...plain, advantages: [1] }, { delta: 1 } as never),
      /no option delta/,
    ],
    [
      'other advantages',
      () => offPolicySequenceMask({ ...plain, advantages: [1, 2] }, { threshold: 1 }),
      /advantages must be/,
    ],
    [
      'a misspelt input',
      () => offPolicySequenceMask({ ...plain, advantage: [1] } as never, { threshold: 1 }),
      /offPolicySequenceMask: no input advantage;/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
