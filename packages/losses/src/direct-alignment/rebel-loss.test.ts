import { grad, mean, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LossError, rebelLoss, rpoLoss } from '../index'

const inf = Number.POSITIVE_INFINITY
const f64 = (values: number[] | number[][]) => tensor(values, { dtype: 'f64' })
const expectClose = (got: Tensor, expected: readonly number[]) => {
  expect(got.data.length).toBe(expected.length)
  got.data.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12)
  })
}

describe('rebelLoss', () => {
  const number = fc.double({ min: -20, max: 0, noNaN: true })
  const margin = fc.double({ min: -5, max: 5, noNaN: true })
  const eta = fc.double({ min: 0.05, max: 20, noNaN: true })

  it('is ((c − r)/η − (r_c − r_r))², and η² of it by the authors; which comes first does not matter', () => {
    fc.assert(
      fc.property(number, number, number, number, margin, eta, (c, r, oldC, oldR, reward, scale) => {
        const inputs = {
          chosenLogprobs: f64([c]),
          rejectedLogprobs: f64([r]),
          oldChosenLogprobs: f64([oldC]),
          oldRejectedLogprobs: f64([oldR]),
          rewardMargins: f64([reward]),
        }
        const turned = {
          chosenLogprobs: f64([r]),
          rejectedLogprobs: f64([c]),
          oldChosenLogprobs: f64([oldR]),
          oldRejectedLogprobs: f64([oldC]),
          rewardMargins: f64([-reward]),
        }
        const loss = rebelLoss(inputs, { eta: scale }).losses.item()
        const expected = ((c - oldC - r + oldR) / scale - reward) ** 2
        const close = (got: number, want: number) =>
          expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-12 * Math.max(1, want))
        close(loss, expected)
        close(rebelLoss(turned, { eta: scale }).losses.item(), loss)
        const theirs = rebelLoss(inputs, { eta: scale, convention: 'authors' }).losses.item()
        expect(theirs).toBeCloseTo(scale ** 2 * loss, 8)
      }),
    )
  })

  const inputs = {
    chosenLogprobs: f64([[-1, -2, Number.NaN]]),
    rejectedLogprobs: f64([[-0.5, -3]]),
    oldChosenLogprobs: f64([[-1.2, -1.9, -inf]]),
    oldRejectedLogprobs: f64([[-0.7, -2.6]]),
    chosenMask: [[1, 1, 0]],
    rewardMargins: [0.4],
  }

  it('its gradient is that of finite differences, on each token alike, and none where masked', () => {
    for (const convention of ['paper', 'authors'] as const) {
      const of = (rejectedLogprobs: Tensor) =>
        reduceSum(rebelLoss({ ...inputs, rejectedLogprobs }, { eta: 0.3, convention }).losses)
      const slope = grad(of)<Tensor>(inputs.rejectedLogprobs).data
      const h = 1e-5
      const difference = (of(f64([[-0.5 + h, -3]])).item() - of(f64([[-0.5 - h, -3]])).item()) / (2 * h)
      expect(slope[0]).toBeCloseTo(difference, 7)
      expect(slope[1]).toBe(slope[0])
      const chosen = grad((chosenLogprobs: Tensor) =>
        reduceSum(rebelLoss({ ...inputs, chosenLogprobs }, { eta: 0.3, convention }).losses),
      )<Tensor>(inputs.chosenLogprobs).data
      expect(Array.from(chosen, (x) => x + 0)).toEqual([-slope[0]!, -slope[0]!, 0])
    }
  })

  it('is 0, without gradient, at the optimum of the step, π ∝ π_old·e^(ηr), and nowhere between', () => {
    const [old, rewards, eta] = [[-1, -2, -0.4], [0.3, -1, 2], 0.7]
    const chosenLogprobs = f64(old.map((x, i) => x + eta * rewards[i]! - 5))
    const rejectedLogprobs = f64([1, 2, 0].map((j) => old[j]! + eta * rewards[j]! - 5))
    const pairs = {
      rejectedLogprobs,
      oldChosenLogprobs: f64(old),
      oldRejectedLogprobs: f64([1, 2, 0].map((j) => old[j]!)),
      rewardMargins: f64(rewards.map((r, i) => r - rewards[(i + 1) % 3]!)),
    }
    const of = (x: Tensor) => rebelLoss({ ...pairs, chosenLogprobs: x }, { eta }).losses
    expectClose(of(chosenLogprobs), [0, 0, 0])
    expectClose(grad((x: Tensor) => reduceSum(of(x)))<Tensor>(chosenLogprobs), [0, 0, 0])
    expect(mean(of(f64(old))).item()).toBeGreaterThan(0.1)
    const { metrics } = rebelLoss({ ...pairs, chosenLogprobs }, { eta })
    expect(metrics['rewards/margins'].item()).toBeCloseTo(0, 12)
    expect(metrics['rewards/accuracies'].item()).toBeCloseTo(2 / 3, 6)
  })

  it('is the squared distance of RPO at β = 1/η', () => {
    const [chosen, rejected] = [f64([0.2, -0.4]), f64([0.5, 0.1])]
    const zeros = f64([0, 0])
    const rewardMargins = f64([0.3, -0.6])
    const pairs = { chosenLogprobs: chosen, rejectedLogprobs: rejected, rewardMargins }
    const rebel = rebelLoss({ ...pairs, oldChosenLogprobs: zeros, oldRejectedLogprobs: zeros }, { eta: 4 })
    const ratios = { chosenLogRatios: chosen, rejectedLogRatios: rejected, rewardMargins }
    expectClose(rebel.losses, Array.from(rpoLoss(ratios, { beta: 0.25, distance: 'squared' }).losses.data))
  })

  it('[B, T] equals sums, and infinities that meet are named', () => {
    const sums = {
      chosenLogprobs: f64([-3]),
      rejectedLogprobs: f64([-3.5]),
      oldChosenLogprobs: f64([-3.1]),
      oldRejectedLogprobs: f64([-3.3]),
      rewardMargins: [0.4],
    }
    expectClose(rebelLoss(inputs).losses, Array.from(rebelLoss(sums).losses.data))
    expect(rebelLoss({ ...sums, chosenLogprobs: f64([-inf]) }).losses.item()).toBe(inf)
    const both = { ...sums, chosenLogprobs: f64([-inf]), oldChosenLogprobs: f64([-inf]) }
    expect(() => rebelLoss(both)).toThrow(
      /rebelLoss: loss 0 is ∞ − ∞ .* chosenLogprobs and oldChosenLogprobs/,
    )
  })
})

describe('bad input', () => {
  const pair = {
    chosenLogprobs: [-1],
    rejectedLogprobs: [-1],
    oldChosenLogprobs: [-1],
    oldRejectedLogprobs: [-1],
    rewardMargins: [1],
  }
  it.each([
    ['an option misspelt', () => rebelLoss(pair, { beta: 1 } as never), /rebelLoss: no option beta/],
    ['an input misspelt', () => rebelLoss({ ...pair, masks: [[1]] } as never), /rebelLoss: no input masks/],
    ['η of 0', () => rebelLoss(pair, { eta: 0 }), /rebelLoss: eta: .* got 0/],
    [
      'rewards of another batch',
      () => rebelLoss({ ...pair, rewardMargins: [1, 2] }),
      /rewardMargins must be \[1\], got \[2\]/,
    ],
    [
      'another old policy',
      () => rebelLoss({ ...pair, oldChosenLogprobs: [[-1]] }),
      /oldChosenLogprobs must be \[1\]/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
