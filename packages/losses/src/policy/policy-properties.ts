import type { Tensor } from '@prefkit/tensor'
import { expect, it } from 'vitest'
import { LossError, type PolicyInputs } from '../index'
import type { TokenLoss } from '../tokens'
import { f64, gradientOf } from './testing'

type PolicyLoss = (inputs: PolicyInputs) => TokenLoss

const inf = Number.POSITIVE_INFINITY

const sequences = [
  { logprobs: [-1, -2, -0.5], oldLogprobs: [-1.1, -1.5, -0.6], advantages: 1.5 },
  { logprobs: [-0.3], oldLogprobs: [-0.9], advantages: -0.7 },
]

/** A sequence as a row of five, with rubbish around it. */
const padded = (values: number[]) => [
  Number.NaN,
  ...values,
  ...new Array<number>(4 - values.length).fill(-inf),
]

/** Two sequences of different lengths, with rubbish where the mask is 0. */
export const paddedBatch = {
  logprobs: f64(sequences.map((row) => padded(row.logprobs))),
  oldLogprobs: f64(sequences.map((row) => padded(row.oldLogprobs))),
  advantages: sequences.map((row) => row.advantages),
  mask: sequences.map(({ logprobs }) => padded(logprobs).map((x) => Number(Number.isFinite(x)))),
}

/** For losses of which each sequence is a matter of its own. */
export function itEqualsOneByOne(loss: PolicyLoss): void {
  it('[B, T] equals one by one, whatever the padding', () => {
    const [together, slopes] = [loss(paddedBatch).losses, gradientOf(loss, paddedBatch)].map((x) =>
      x.toArray(),
    ) as number[][][]
    sequences.forEach((row, i) => {
      const one = {
        logprobs: f64([row.logprobs]),
        oldLogprobs: f64([row.oldLogprobs]),
        advantages: [row.advantages],
      }
      const [value, slope] = [loss(one).losses.data, gradientOf(loss, one).data]
      paddedBatch.mask[i]!.forEach((kept, t) => {
        expect(together![i]![t]).toBeCloseTo(kept ? value[t - 1]! : 0, 12)
        expect(slopes![i]![t]).toBeCloseTo(kept ? slope[t - 1]! : 0, 12)
      })
    })
  })
}

/** For losses that begin as a policy gradient. `digits`: verl's sums of n tokens are divided by n + 1e-8. */
export function itBeginsAsPolicyGradient(loss: PolicyLoss, digits = 12): void {
  it('on the policy that drew the tokens, the gradient is −A', () => {
    const logprobs = f64([
      [-1, -2],
      [-3, -0.1],
    ])
    const slope = gradientOf(loss, { logprobs, advantages: [2, -0.5] })
    const expected = [-2, -2, 0.5, 0.5]
    slope.data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, digits)
    })
  })
}

/** For every policy loss. `meeting`: an advantage with which log-probabilities of −∞ have no limit. */
export function itIsDefinedAtExtremes(name: string, loss: PolicyLoss, meeting = 1): void {
  it('log-ratios of any size have finite losses and gradients', () => {
    for (const advantages of [[1], [-1], [0]]) {
      for (const ratio of [-2000, -50, 50, 2000]) {
        const inputs = { logprobs: f64([[-1 + ratio, -1]]), oldLogprobs: f64([[-1, -1]]), advantages }
        const numbers = [...loss(inputs).losses.data, ...gradientOf(loss, inputs).data]
        expect([name, ratio, numbers.every(Number.isFinite)]).toEqual([name, ratio, true])
      }
    }
  })

  it('where infinite log-probabilities meet, an error names them', () => {
    const inputs = { logprobs: f64([[-inf]]), oldLogprobs: f64([[-inf]]), advantages: [meeting] }
    expect(() => loss(inputs)).toThrow(/loss 0 is ∞ − ∞ or 0·∞.* logprobs and oldLogprobs/)
    expect(() => loss(inputs)).toThrow(LossError)
  })

  it('rows without tokens, and no tokens at all', () => {
    const inputs = { logprobs: f64([[-1], [-1]]), advantages: [1, 1], mask: [[0], [0]] }
    const { losses, metrics } = loss(inputs)
    expect(losses.data.every((value) => value === 0)).toBe(true)
    for (const metric of Object.values<Tensor>(metrics)) expect(metric.item()).toBe(0)
    expect(gradientOf(loss, inputs).data.every((value) => value === 0)).toBe(true)
  })
}
