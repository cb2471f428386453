import { grad, mul, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchorWinProbability, LossError, pairwisePpoAdvantages, pairwisePpoLoss, ppoLoss } from '../index'
import { f64 } from './testing'

const sigma = (x: number) => 1 / (1 + Math.exp(-x))

describe('anchorWinProbability', () => {
  const logit = fc.double({ min: -30, max: 30, noNaN: true })

  it('asks in both orders; exchanging response and anchor gives 1 − r', () => {
    fc.assert(
      fc.property(logit, logit, (first, second) => {
        const [a, b] = [new Float64Array([first]), new Float64Array([second])]
        const reward = anchorWinProbability(a, b).item()
        expect(reward).toBeCloseTo(0.5 * (sigma(first) + sigma(second)), 12)
        // The anchor is shown second where the response is shown first.
        const [lost, beaten] = [a, b].map((logits) => logits.map((x) => -x)) as [Float64Array, Float64Array]
        expect(anchorWinProbability(beaten, lost).item()).toBeCloseTo(1 - reward, 12)
      }),
    )
  })

  it('several anchors: their mean, or the hardest', () => {
    const [a, b] = [f64([[2, -1]]), f64([[2, -1]])]
    expect(anchorWinProbability(a, b).item()).toBeCloseTo((sigma(2) + sigma(-1)) / 2, 12)
    expect(anchorWinProbability(a, b, { anchors: 'min' }).item()).toBeCloseTo(sigma(-1), 12)
  })
})

/** Equation 16 of the GAE paper, token by token from the last. */
function gae(rewards: number[], values: number[], gamma: number, lambda: number): number[] {
  const advantages: number[] = []
  let [next, after] = [0, 0]
  for (let t = rewards.length - 1; t >= 0; t--) {
    after = rewards[t]! + gamma * next - values[t]! + gamma * lambda * after
    next = values[t]!
    advantages.unshift(after)
  }
  return advantages
}

describe('pairwisePpoLoss', () => {
  const inputs = {
    logprobs: f64([
      [-1, -2, -0.5, -3],
      [-0.3, 9, -1, 9],
    ]),
    oldLogprobs: f64([
      [-1.1, -1.9, -0.7, -2.5],
      [-0.4, 9, -1.2, 9],
    ]),
    refLogprobs: f64([
      [-1.4, -1.2, -0.9, -2.6],
      [-0.1, -9, -1.5, -9],
    ]),
    oldValues: f64([
      [0.2, 0.5, 0.1, 0.7],
      [0.3, 99, 0.6, 99],
    ]),
    shownFirstLogits: f64([
      [1, 3],
      [-1, 0.5],
    ]),
    shownSecondLogits: f64([
      [-0.5, 0.2],
      [2, -2],
    ]),
    mask: [
      [1, 1, 1, 1],
      [1, 0, 1, 0],
    ],
  }
  const rolloutOf = ({ logprobs: _, ...rollout }: typeof inputs) => rollout
  const settings = { klWeight: 0.3, gamma: 0.9, lambda: 0.7 }
  const kept = (x: Tensor, row: number) => {
    const values = (x.toArray() as number[][])[row]!
    return values.filter((_, t) => inputs.mask[row]![t] === 1)
  }

  it.each([settings, { klWeight: 0.3, gamma: 1, lambda: 0 }, { klWeight: 0, gamma: 1, lambda: 1 }])(
    'has the advantages of GAE over the kept tokens: %o',
    (options) => {
      const { advantages, returns, losses, metrics } = pairwisePpoLoss(inputs, options)
      const wins = anchorWinProbability(inputs.shownFirstLogits, inputs.shownSecondLogits)
      for (const row of [0, 1]) {
        const [old, ref, values] = [inputs.oldLogprobs, inputs.refLogprobs, inputs.oldValues].map((x) =>
          kept(x, row),
        )
        const rewards = old!.map((x, t) => -options.klWeight * (x - ref![t]!))
        rewards[rewards.length - 1]! += wins.data[row]!
        const expected = gae(rewards, values!, options.gamma, options.lambda)
        kept(advantages, row).forEach((value, t) => {
          expect(value).toBeCloseTo(expected[t]!, 12)
        })
        kept(returns, row).forEach((value, t) => {
          expect(value).toBeCloseTo(expected[t]! + values![t]!, 12)
        })
      }
      expect([advantages.data[5], advantages.data[7], losses.data[5], losses.data[7]]).toEqual([0, 0, -0, -0])
      expect(metrics['rewards/win_probability'].item()).toBeCloseTo((wins.data[0]! + wins.data[1]!) / 2, 12)
      const { logprobs, oldLogprobs, mask } = inputs
      const ppo = ppoLoss({ logprobs, oldLogprobs, mask, advantages })
      expect(Array.from(losses.data)).toEqual(Array.from(ppo.losses.data))
    },
  )

  it('reports the KL of responses, as TRL: the mean of the sums over their tokens', () => {
    // Σ log π_old/π_ref: 0.3 − 0.7 + 0.2 + 0.1 and −0.3 + 0.3.
    expect(pairwisePpoLoss(inputs).metrics['objective/kl'].item()).toBeCloseTo((-0.1 + 0) / 2, 12)
    const one = {
      ...inputs,
      mask: [
        [1, 1, 1, 1],
        [0, 0, 0, 0],
      ],
    }
    const { metrics } = pairwisePpoLoss(one)
    expect(metrics['objective/kl'].item()).toBeCloseTo(-0.1, 12)
    const wins = anchorWinProbability(inputs.shownFirstLogits, inputs.shownSecondLogits).data
    expect(metrics['rewards/win_probability'].item()).toBeCloseTo(wins[0]!, 12)
  })

  it('is PPO with the advantages computed apart, once for several epochs', () => {
    const { logprobs } = inputs
    const { advantages, returns, metrics } = pairwisePpoAdvantages(rolloutOf(inputs), settings)
    const whole = pairwisePpoLoss(inputs, settings)
    const { oldLogprobs, mask } = inputs
    for (const policy of [logprobs, mul(1.1, logprobs)]) {
      const apart = ppoLoss({ logprobs: policy, oldLogprobs, advantages, mask })
      const together = pairwisePpoLoss({ ...inputs, logprobs: policy }, settings)
      expect(Array.from(apart.losses.data)).toEqual(Array.from(together.losses.data))
    }
    expect(Array.from(returns.data)).toEqual(Array.from(whole.returns.data))
    for (const [name, metric] of Object.entries(metrics)) {
      expect([name, whole.metrics[name as 'objective/kl'].item()]).toEqual([name, metric.item()])
    }
  })

  it('takes long sequences: [64, 1024], with gaps', () => {
    const [rows, columns] = [64, 1024]
    const matrix = (f: (i: number) => number) =>
      tensor(
        Float64Array.from({ length: rows * columns }, (_, i) => f(i)),
        { shape: [rows, columns] },
      )
    const logprobs = matrix((i) => -1 - Math.sin(i) ** 2)
    const refLogprobs = matrix((i) => -1 - Math.cos(1.3 * i) ** 2)
    const oldValues = matrix((i) => Math.sin(0.7 * i))
    const mask = matrix((i) => Number(Math.sin(3 * i) > -0.8 && i % columns < 1000))
    const logits = Float64Array.from({ length: rows }, (_, i) => Math.cos(i))
    const judged = { shownFirstLogits: logits, shownSecondLogits: logits }
    const { advantages } = pairwisePpoLoss(
      { logprobs, oldLogprobs: logprobs, refLogprobs, oldValues, ...judged, mask },
      { klWeight: 0.1, gamma: 0.99, lambda: 0.97 },
    )
    const wins = anchorWinProbability(logits, logits)
    for (const row of [0, 17, 63]) {
      const places = Array.from({ length: columns }, (_, t) => row * columns + t).filter(
        (i) => mask.data[i] === 1,
      )
      const rewards = places.map((i) => -0.1 * (logprobs.data[i]! - refLogprobs.data[i]!))
      rewards[rewards.length - 1]! += wins.data[row]!
      const expected = gae(
        rewards,
        places.map((i) => oldValues.data[i]!),
        0.99,
        0.97,
      )
      places.forEach((i, t) => {
        expect(Math.abs(advantages.data[i]! - expected[t]!)).toBeLessThan(1e-12)
      })
    }
  })

  it('has a gradient in log π alone: −ρA inside the clip', () => {
    const { advantages } = pairwisePpoLoss(inputs, settings)
    const total = (name: 'logprobs' | 'oldValues' | 'shownFirstLogits') => (x: Tensor) =>
      reduceSum(
        pairwisePpoLoss({ ...inputs, [name]: x }, { ...settings, clipEpsilonHigh: 9, clipEpsilon: 1 }).losses,
      )
    const slope = grad(total('logprobs'))<Tensor>(inputs.logprobs)
    const ratios = Array.from(inputs.logprobs.data, (x, i) => Math.exp(x - inputs.oldLogprobs.data[i]!))
    slope.data.forEach((value, i) => {
      expect(value).toBeCloseTo(-ratios[i]! * advantages.data[i]!, 12)
    })
    for (const name of ['oldValues', 'shownFirstLogits'] as const) {
      expect(grad(total(name))<Tensor>(inputs[name]).data.every((x) => x === 0)).toBe(true)
    }
  })

  it('rows without tokens have no reward, advantage or loss', () => {
    const empty = { ...inputs, mask: inputs.mask.map((row) => row.map(() => 0)) }
    const { losses, advantages } = pairwisePpoLoss(empty)
    for (const x of [losses, advantages]) expect(x.data.every((value) => value === 0)).toBe(true)
  })

  it.each([
    ['γ beyond 1', () => pairwisePpoLoss(inputs, { gamma: 1.1 }), /gamma: .* got 1.1/],
    [
      'values of another shape',
      () => pairwisePpoLoss({ ...inputs, oldValues: [[1]] }),
      /must all be \[B, T\]/,
    ],
    [
      'a misspelt input',
      () => pairwisePpoLoss({ ...inputs, refLogProbs: inputs.refLogprobs } as never),
      /pairwisePpoLoss: no input refLogProbs/,
    ],
    [
      'an input of the loss alone',
      () => pairwisePpoAdvantages(inputs as never),
      /pairwisePpoAdvantages: no input logprobs/,
    ],
    [
      'ε beyond 1',
      () => pairwisePpoLoss(inputs, { clipEpsilon: 2 }),
      /pairwisePpoLoss: clipEpsilon: .* got 2/,
    ],
    [
      'another name in its errors',
      () => pairwisePpoAdvantages({ ...rolloutOf(inputs), oldValues: [[1]] }),
      /pairwisePpoAdvantages: /,
    ],
    [
      'log-probabilities of another shape',
      () => pairwisePpoLoss({ ...inputs, logprobs: f64([[1]]) }),
      /^pairwisePpoLoss: /,
    ],
    [
      'judgements of another batch',
      () => pairwisePpoLoss({ ...inputs, shownFirstLogits: [1], shownSecondLogits: [1] }),
      /pairwisePpoLoss: shownFirstLogits must be \[B\] or \[B, K\] with B = 2, got B = 1/,
    ],
    ['no such anchors', () => anchorWinProbability([1], [1], { anchors: 'max' as never }), /mean, min/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
