import { grad, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { logSumSquaredProbs, wpoWeights } from '../index'

describe('wpoWeights', () => {
  it('is 1 for a uniform policy, and falls for tokens less likely than its own', () => {
    const logits = tensor([[[0, 0, 0, 0]], [[3, 0, 0, 0]]], { dtype: 'f64' })
    const squared = logSumSquaredProbs(logits)
    expect(squared.data[0]).toBeCloseTo(Math.log(4 * 0.25 ** 2), 12)
    const total = Math.exp(3) + 3
    const logprobs = tensor([[Math.log(0.25)], [-Math.log(total)]], { dtype: 'f64' })
    const [uniform, unlikely] = wpoWeights({ logprobs, logSumSquaredProbs: squared }).data
    expect(uniform).toBeCloseTo(1, 12)
    expect(unlikely).toBeCloseTo(1 / total / ((Math.exp(6) + 3) / total ** 2), 12)
  })

  it('holds its weights constant', () => {
    const weight = (logprobs: Tensor) => reduceSum(wpoWeights({ logprobs, logSumSquaredProbs: [[0]] }))
    expect(grad(weight)<Tensor>(tensor([[-1]])).item()).toBe(0)
  })
})
