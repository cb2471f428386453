import { grad, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rpoLoss } from '../index'

const f64 = (...values: number[]) => new Float64Array(values)

describe('rpoLoss', () => {
  const finite = fc.double({ min: -15, max: 15, noNaN: true })
  const lossOf = (c: number, r: number, target: number, distance: 'forward-kl' | 'backward-kl' | 'squared') =>
    rpoLoss(
      { chosenLogRatios: f64(c), rejectedLogRatios: f64(r), rewardMargins: f64(target) },
      { beta: 0.5, eta: 2, distance },
    ).losses.item()

  it('is the divergence of the two probabilities', () => {
    fc.assert(
      fc.property(finite, finite, finite, (c, r, target) => {
        const sigma = (x: number) => 1 / (1 + Math.exp(-x))
        const [m, t] = [0.5 * (c - r), 2 * target]
        const kl = (a: number, b: number) =>
          sigma(a) * Math.log(sigma(a) / sigma(b)) + sigma(-a) * Math.log(sigma(-a) / sigma(-b))
        expect(lossOf(c, r, target, 'forward-kl')).toBeCloseTo(kl(t, m), 9)
        expect(lossOf(c, r, target, 'backward-kl')).toBeCloseTo(kl(m, t), 9)
        expect(lossOf(c, r, target, 'squared')).toBeCloseTo((m - t) ** 2, 9)
      }),
    )
  })

  it('has no gradient where the policy prefers as strongly as the rewards', () => {
    for (const distance of ['forward-kl', 'backward-kl', 'squared'] as const) {
      const total = (chosenLogRatios: Tensor) =>
        reduceSum(
          rpoLoss(
            { chosenLogRatios, rejectedLogRatios: f64(-1), rewardMargins: f64(0.75) },
            { beta: 0.5, eta: 2, distance },
          ).losses,
        )
      expect(Math.abs(grad(total)<Tensor>(tensor(f64(2))).item())).toBeLessThan(1e-15)
    }
  })
})
