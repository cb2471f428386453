import { clip, grad, minimum, mul, neg, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clippedSurrogate, type Surrogate } from './clipped-surrogate'

const f64 = (...values: number[]) => tensor(values, { dtype: 'f64' })

/** The equations as papers have them, term by term. */
function termByTerm(ratio: Tensor, advantages: Tensor, { bounds, dualClip, ratioCap }: Surrogate): Tensor {
  const free = ratioCap === undefined ? ratio : minimum(ratio, ratioCap)
  const loss = neg(minimum(mul(free, advantages), mul(clip(ratio, ...bounds), advantages)))
  if (dualClip === undefined || advantages.item() >= 0) return loss
  return minimum(loss, mul(dualClip, neg(advantages)))
}

describe('clippedSurrogate', () => {
  // In millionths: products of numbers next to 0 underflow, and what then ties is another matter.
  const number = (min: number, max: number) =>
    fc.double({ min, max, noNaN: true }).map((x) => Math.round(x * 1e6) / 1e6)
  const settings = fc.record({
    bounds: fc.tuple(number(0, 1), number(1, 1.6)),
    dualClip: fc.option(number(1.01, 4), { nil: undefined }),
    ratioCap: fc.option(number(1.61, 3), { nil: undefined }),
  })

  it('is −min(ρA, clip(ρ)A), with a dual clip and a cap, to the bit; so is its gradient', () => {
    fc.assert(
      fc.property(number(0, 6), number(-3, 3), settings, (x, a, how) => {
        // At a bound the gradient is a matter of how ties are split: see below.
        fc.pre(![...how.bounds, how.dualClip, how.ratioCap].includes(x))
        const [ratio, advantage] = [f64(x), f64(a)]
        expect(clippedSurrogate(ratio, advantage, how).item() + 0).toBe(
          termByTerm(ratio, advantage, how).item() + 0,
        )
        const slope = grad((ratio: Tensor) => reduceSum(clippedSurrogate(ratio, advantage, how)))
        const expected = grad((ratio: Tensor) => reduceSum(termByTerm(ratio, advantage, how)))
        expect(slope<Tensor>(ratio).item()).toBeCloseTo(expected<Tensor>(ratio).item(), 12)
      }),
    )
  })

  it('with A ≥ 0 has no bound from below: a ratio of 0 keeps its gradient', () => {
    const slope = grad((ratio: Tensor) => reduceSum(clippedSurrogate(ratio, f64(2), { bounds: [0.8, 1.2] })))
    expect(slope<Tensor>(f64(0)).item()).toBe(-2)
  })

  it('has half the gradient at a bound, as PyTorch: on-policy with ε = 0 the policy still learns', () => {
    const slope = grad((ratio: Tensor) => reduceSum(clippedSurrogate(ratio, f64(2, -2), { bounds: [1, 1] })))
    expect(Array.from(slope<Tensor>(f64(1, 1)).data)).toEqual([-1, 1])
  })
})
