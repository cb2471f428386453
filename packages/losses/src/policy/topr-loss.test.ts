import { jit, mean, mul, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { importanceRatios, LossError, type PolicyInputs, reinforceLoss, toprLoss } from '../index'
import { expectClose, f64, gradientOf, moved } from './testing'

describe('toprLoss', () => {
  const { logprobs, oldLogprobs } = moved
  const ratios = (policy: Tensor) =>
    importanceRatios({ logprobs: policy, oldLogprobs }, { importance: 'sequence' }).data

  it('good sequences count as in supervised learning, bad ones by their ratio, at most 1', () => {
    const [good, bad] = [ratios(logprobs)[0]!, ratios(logprobs)[3]!]
    expect(bad).toBeGreaterThan(1)
    const gone = { ...moved, logprobs: mul(2, logprobs) }
    const ratio = ratios(gone.logprobs)[3]!
    expect(ratio).toBeLessThan(1)
    expectClose(gradientOf(toprLoss, moved), [-0.7, -0.7, -0.7, 1.1, 1.1, 1.1])
    expectClose(gradientOf(toprLoss, gone), [-0.7, -0.7, -0.7, 1.1 * ratio, 1.1 * ratio, 1.1 * ratio])
    const free = (x: PolicyInputs) => toprLoss(x, { positiveBounds: [0, 100], negativeBounds: [0, 100] })
    const [up, down] = [-0.7 * good, 1.1 * bad]
    expectClose(gradientOf(free, moved), [up, up, up, down, down, down])
    const { metrics } = toprLoss(moved)
    expect(metrics.avg_alpha.item()).toBeCloseTo(1, 12)
    expect(metrics.avg_ratio.item()).toBeCloseTo((good + bad) / 2, 12)
  })

  it('the gradient of a bad sequence vanishes as it becomes unlikely, that of REINFORCE does not', () => {
    for (const shift of [-1, -10, -100, -700]) {
      const gone = { logprobs: f64([[-1 + shift]]), oldLogprobs: f64([[-1]]), advantages: [-1] }
      expectClose(gradientOf(toprLoss, gone), [Math.exp(shift)])
      expectClose(gradientOf(reinforceLoss, gone), [1])
    }
  })

  it('inside jit, with a batch of any size', async () => {
    const step = jit(
      (logprobs: Tensor, oldLogprobs: Tensor) =>
        mean(toprLoss({ logprobs, oldLogprobs, advantages: logprobs }).losses),
      { backend: 'reference', symbolicDims: [['B'], ['B']] },
    )
    for (const size of [1, 3]) {
      const x = tensor(new Float32Array(size * 2).fill(-1), { shape: [size, 2] })
      expect((await step(x, x)).item()).toBeCloseTo(-1, 6)
    }
  })

  const inputs = { logprobs: [[-1, -2]], advantages: [1] }
  it.each([
    ['a misspelt option', () => toprLoss(inputs, { bounds: [0, 1] } as never), /toprLoss: no option bounds/],
    [
      'a taper in the wrong order',
      () => toprLoss(inputs, { negativeBounds: [1, 0] }),
      /toprLoss: negativeBounds: .*got \[1, 0\]/,
    ],
    [
      'a taper without end',
      () => toprLoss(inputs, { positiveBounds: [0, Number.POSITIVE_INFINITY] }),
      /positiveBounds: .*< ∞/,
    ],
    [
      'no sequences',
      () => toprLoss({ logprobs: tensor([], { shape: [0, 2] }), advantages: tensor([], { shape: [0] }) }),
      /at least one example/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
