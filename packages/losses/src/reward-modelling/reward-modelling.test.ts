import { grad, jit, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGoldens, type UnderTest } from '../golden-rows'
import goldens from '../goldens/reward-modelling.json'
import {
  bradleyTerryLoss,
  davidsonLoss,
  hingeLoss,
  LossError,
  pairwiseDistillationLoss,
  pairwiseJudgeLoss,
  plackettLuceLoss,
  positionConsistencyLoss,
  raoKupperLoss,
  scoreRegressionLoss,
  thurstoneLoss,
  yesLogit,
} from '../index'

const onPairs =
  (loss: (c: Tensor, r: Tensor, options: never) => ReturnType<UnderTest>): UnderTest =>
  ({ chosenRewards, rejectedRewards }, options) =>
    loss(chosenRewards!, rejectedRewards!, options)

describeGoldens('against TRL, OpenRLHF and PyTorch, in f64', goldens.rows as never, (functions) => ({
  bradleyTerry: onPairs(functions.bradleyTerryLoss),
  classification: onPairs(functions.classificationLoss),
  thurstone: onPairs(functions.thurstoneLoss),
  raoKupper: onPairs(functions.raoKupperLoss),
  davidson: onPairs(functions.davidsonLoss),
  hinge: onPairs(functions.hingeLoss),
  scoreRegression: ({ rewards, scores }, options) =>
    functions.scoreRegressionLoss(rewards!, scores!, options),
  plackettLuce: ({ rewards }, options) => functions.plackettLuceLoss(rewards!, options),
}))

const f64 = (...values: number[]) => new Float64Array(values)
const finite = fc.double({ min: -30, max: 30, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('losses of pairs', () => {
  const pairLosses = {
    thurstone: thurstoneLoss,
    hinge: hingeLoss,
    'squared hinge': (c, r) => hingeLoss(c, r, { squared: true }),
    'Rao-Kupper': raoKupperLoss,
    Davidson: davidsonLoss,
    'Rao-Kupper tie': (c, r) => raoKupperLoss(c, r, { ties: 1 }),
    'Davidson tie': (c, r) => davidsonLoss(c, r, { ties: 1 }),
  } satisfies Record<string, (c: Float64Array, r: Float64Array) => { losses: Tensor }>

  it.each(Object.entries(pairLosses))('%s: depends on the difference of the rewards only', (_, loss) => {
    fc.assert(
      fc.property(finite, finite, finite, (c, r, shift) => {
        const [here, there] = [loss(f64(c), f64(r)), loss(f64(c + shift), f64(r + shift))]
        expect(there.losses.item()).toBeCloseTo(here.losses.item(), 8)
      }),
    )
  })

  it.each(Object.entries(pairLosses).slice(0, 5))('%s: falls as the chosen reward grows', (_, loss) => {
    fc.assert(
      fc.property(finite, finite, fc.double({ min: 0.01, max: 10, noNaN: true }), (c, r, step) => {
        const [before, after] = [loss(f64(c), f64(r)), loss(f64(c + step), f64(r))]
        expect(after.losses.item()).toBeLessThanOrEqual(before.losses.item())
      }),
    )
  })

  it('thurstoneLoss is the same seen from the other side', () => {
    fc.assert(
      fc.property(finite, finite, share, (a, b, preference) => {
        const here = thurstoneLoss(f64(a), f64(b), { preference }).losses.item()
        const there = thurstoneLoss(f64(b), f64(a), { preference: 1 - preference }).losses.item()
        expect(Math.abs(here - there)).toBeLessThan(1e-12 * Math.max(1, here))
      }),
    )
  })

  it('thurstoneLoss far out: φ/Φ by its asymptotic series', () => {
    const total = (c: Tensor) => reduceSum(thurstoneLoss(c, f64(0)).losses)
    const x = 1400
    expect(grad(total)<Tensor>(tensor(f64(-x))).item()).toBeCloseTo(-(x + 1 / x - 2 / x ** 3), 12)
    const log = -(x ** 2) / 2 - Math.log(x * Math.sqrt(2 * Math.PI)) - 1 / x ** 2
    expect(thurstoneLoss(f64(-x), f64(0)).losses.item() / -log).toBeCloseTo(1, 14)
  })

  it.each([
    ['raoKupperLoss', raoKupperLoss],
    ['davidsonLoss', davidsonLoss],
  ] as const)('%s: winning, losing and the tie exhaust what can happen', (_, loss) => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const win = Math.exp(-loss(f64(a), f64(b)).losses.item())
        const lose = Math.exp(-loss(f64(b), f64(a)).losses.item())
        const tied = loss(f64(a), f64(b), { ties: 1 })
        expect(win + lose + Math.exp(-tied.losses.item())).toBeCloseTo(1, 12)
        expect(tied.metrics.tie_probability.item()).toBeCloseTo(1 - win - lose, 12)
      }),
    )
  })

  it('ties have gradients for what makes them likely, too', () => {
    const threshold = (eta: Tensor) =>
      reduceSum(raoKupperLoss(f64(0.3), f64(0), { ties: 1, threshold: eta }).losses)
    const at = (eta: number) => threshold(tensor(f64(eta))).item()
    const slope = (at(0.7 + 1e-6) - at(0.7 - 1e-6)) / 2e-6
    expect(grad(threshold)<Tensor>(tensor(f64(0.7))).item()).toBeCloseTo(slope, 8)
  })

  it('infinite rewards: limits, and an error where they meet', () => {
    const inf = Number.POSITIVE_INFINITY
    for (const loss of Object.values(pairLosses).slice(0, 5)) {
      expect(loss(f64(inf, 0), f64(0, -inf)).losses.toArray()).toEqual([0, 0])
      expect(loss(f64(-inf, 0), f64(0, inf)).losses.toArray()).toEqual([inf, inf])
      expect(() => loss(f64(1, inf), f64(0, inf))).toThrow(
        /loss 1 is ∞ − ∞ or 0·∞: .* infinite chosenRewards and rejectedRewards/,
      )
    }
    const total = (c: Tensor) => reduceSum(thurstoneLoss(c, f64(0, 0)).losses)
    expect(grad(total)<Tensor>(tensor(f64(inf, -inf))).toArray()).toEqual([-0, -inf])
  })
})

describe('plackettLuceLoss', () => {
  const permutations = (n: number): number[][] =>
    n === 0 ? [[]] : permutations(n - 1).flatMap((p) => p.concat(n - 1).map((_, i) => insert(p, i, n - 1)))
  const insert = (list: number[], at: number, value: number) => [
    ...list.slice(0, at),
    value,
    ...list.slice(at),
  ]
  const list = fc.array(finite, { minLength: 4, maxLength: 4 })
  const lossOf = (rewards: number[], options = {}) =>
    plackettLuceLoss(tensor([rewards], { dtype: 'f64' }), options).losses.item()

  it('gives probabilities to the rankings that add up to 1', () => {
    fc.assert(
      fc.property(list, (rewards) => {
        const rankings = permutations(4).map((order) => order.map((i) => rewards[i]!))
        const total = rankings.reduce((sum, ranking) => sum + Math.exp(-lossOf(ranking)), 0)
        expect(total).toBeCloseTo(1, 10)
      }),
      { numRuns: 20 },
    )
  })

  it('of two responses is Bradley–Terry, wherever the masked ones stand', () => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const expected = bradleyTerryLoss(f64(a), f64(b)).losses.item()
        expect(lossOf([a, b])).toBeCloseTo(expected, 12)
        const { NaN: nan } = Number
        expect(lossOf([nan, a, nan, b], { mask: [[0, 1, 0, 1]] })).toBeCloseTo(expected, 12)
      }),
    )
  })

  it('padding has no gradient, and lists without a pair no loss', () => {
    const mask = [
      [1, 0, 1],
      [0, 0, 0],
      [0, 1, 0],
    ]
    const rewards = tensor([1, Number.NaN, 2, 3, 4, 5, 6, 7, 8].map(Number), { shape: [3, 3] })
    const { losses, metrics } = plackettLuceLoss(rewards, { mask })
    expect(losses.toArray()).toEqual([expect.closeTo(Math.log1p(Math.E), 6), 0, 0])
    expect(metrics.accuracy.item()).toBe(0)
    expect(metrics.min_reward.item()).toBe(1)
    expect(metrics.max_reward.item()).toBe(7)
    const gradient = grad((r: Tensor) => reduceSum(plackettLuceLoss(r, { mask }).losses))<Tensor>(rewards)
    expect((gradient.toArray() as number[][]).slice(1)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect((gradient.toArray() as number[][])[0]![1]).toBe(0)
  })

  it('lists without responses have rewards of 0, not infinite ones', () => {
    const { losses, metrics } = plackettLuceLoss([[1, 2]], { mask: [[0, 0]] })
    expect(losses.toArray()).toEqual([0])
    expect([metrics.min_reward.item(), metrics.max_reward.item()]).toEqual([0, 0])
  })

  it('counts pairs in order', () => {
    expect(plackettLuceLoss([[3, 1, 2]]).metrics.accuracy.item()).toBeCloseTo(2 / 3, 6)
  })
})

describe('a generative judge', () => {
  it('yesLogit gathers every spelling, whatever the constant', () => {
    const z = [0.1, 2, -1, 0.5, 3]
    const mass = (...tokens: number[]) => tokens.reduce((sum, v) => sum + Math.exp(z[v]!), 0)
    const expected = Math.log(mass(0, 4) / mass(1, 2))
    const rows = tensor([z, z.map((value) => value - 100)], { dtype: 'f64' })
    const logits = yesLogit(rows, { yes: [0, 4], no: [1, 2] }).toArray() as number[]
    for (const logit of logits) expect(logit).toBeCloseTo(expected, 12)
    expect(() => yesLogit(rows, { yes: [], no: [1] })).toThrow(
      /yesLogit: yes: expected at least one token id/,
    )
  })

  it('positionConsistencyLoss compares the answers in both orders', () => {
    fc.assert(
      fc.property(finite, finite, (ab, ba) => {
        const [p, q] = [1 / (1 + Math.exp(-ab)), 1 / (1 + Math.exp(ba))]
        expect(positionConsistencyLoss(f64(ab), f64(ba)).losses.item()).toBeCloseTo((p - q) ** 2, 12)
        const kl = (a: number, b: number) => a * (Math.log(a) - Math.log(b))
        const jeffreys = kl(p, q) + kl(1 - p, 1 - q) + kl(q, p) + kl(1 - q, 1 - p)
        const loss = positionConsistencyLoss(f64(ab), f64(ba), { distance: 'jeffreys' }).losses.item()
        if (Math.abs(ab) < 12 && Math.abs(ba) < 12) expect(loss).toBeCloseTo(jeffreys, 6)
        const same = positionConsistencyLoss(f64(ab), f64(-ab), { distance: 'jeffreys' })
        expect(same.losses.item()).toBe(0)
        expect(same.metrics.consistency.item()).toBe(ab === 0 ? 0 : 1)
      }),
    )
  })

  it('positionConsistencyLoss counts the pairs whose answers name one response', () => {
    const { metrics } = positionConsistencyLoss(f64(1, 1, -2, 0), f64(-3, 2, 1e-200, 1))
    expect(metrics.consistency.item()).toBe(0.5)
  })

  it('pairwiseJudgeLoss is cross-entropy of both orders and ζ times the inconsistency', () => {
    const [cr, rc] = [f64(1.5, -0.3, 2), f64(-0.5, 0.8, 1)]
    const { losses, metrics } = pairwiseJudgeLoss(cr, rc, { consistencyWeight: 0.3 })
    const sigma = (x: number) => 1 / (1 + Math.exp(-x))
    cr.forEach((front, i) => {
      const [yes, no] = [sigma(front), sigma(-rc[i]!)]
      const expected = -0.5 * (Math.log(yes) + Math.log(no)) + 0.3 * (yes - no) ** 2
      expect(losses.data[i]).toBeCloseTo(expected, 12)
    })
    const figures = Object.entries(metrics).map(([name, value]) => [name, value.item()])
    expect(Object.fromEntries(figures)).toEqual({
      accuracy: expect.closeTo(0.5, 6),
      'accuracy/front': expect.closeTo(2 / 3, 6),
      'accuracy/back': expect.closeTo(1 / 3, 6),
      'accuracy/gap': expect.closeTo(1 / 3, 6),
      consistency_loss: expect.any(Number),
    })
    expect(pairwiseJudgeLoss(cr, rc, { consistencyWeight: 0 }).losses.data[0]).toBeCloseTo(
      -0.5 * (Math.log(sigma(1.5)) + Math.log(sigma(0.5))),
      12,
    )
  })

  it('pairwiseDistillationLoss loses no information where the scores say what the judge says', () => {
    const p = [0.2, 0.5, 0.999, 0, 1]
    const scores = f64(...p.map((x) => (x === 0 ? -800 : x === 1 ? 800 : Math.log(x / (1 - x)))))
    const inputs = { scores, anchorScores: f64(0, 0, 0, 0, 0), winProbabilities: f64(...p) }
    const { losses, metrics } = pairwiseDistillationLoss(inputs)
    expect(losses.data[0]).toBeCloseTo(-0.2 * Math.log(0.2) - 0.8 * Math.log(0.8), 12)
    expect(metrics.information_lost.item()).toBeCloseTo(0, 12)
    expect(metrics.accuracy.item()).toBeCloseTo(0.9, 6)
    const worse = pairwiseDistillationLoss({ ...inputs, scores: f64(1, 1, 1, 1, 1) })
    expect(worse.metrics.information_lost.item()).toBeGreaterThan(0.1)
  })
})

describe('bad input', () => {
  it.each([
    [
      'a threshold of 0',
      () => raoKupperLoss([1], [0], { threshold: 0 }),
      /raoKupperLoss: threshold: .* \(0, Infinity\), got 0/,
    ],
    ['a negative prevalence', () => davidsonLoss([1], [0], { prevalence: -1 }), /prevalence: .* got -1/],
    [
      'ties beyond 1',
      () => davidsonLoss([1], [0], { ties: 2 }),
      /davidsonLoss: ties: expected a number in \[0, 1\], got 2/,
    ],
    ['a mask of another shape', () => plackettLuceLoss([[1, 2]], { mask: [[1]] }), /mask must be \[1,2\]/],
    ['half a choice', () => plackettLuceLoss([[1, 2]], { top: 0.5 }), /top: .* got 0.5/],
    ['no lists', () => plackettLuceLoss(tensor([], { shape: [0, 2] })), /rewards: .* got none/],
    [
      'a distance there is not',
      () => scoreRegressionLoss([1], [0], { distance: 'cubed' as never }),
      /distance: expected one of squared, absolute, huber, got the string "cubed"/,
    ],
    [
      'δ of 0',
      () => scoreRegressionLoss([1], [0], { distance: 'huber', delta: 0 }),
      /delta: .* \(0, Infinity\)/,
    ],
    [
      'δ of no Huber distance',
      () => scoreRegressionLoss([1], [0], { delta: 2 }),
      /scoreRegressionLoss: delta: has no effect here, expected distance: 'huber'/,
    ],
    [
      'a probability beyond 1',
      () => pairwiseDistillationLoss({ scores: [1], anchorScores: [1], winProbabilities: [1.5] }),
      /winProbabilities: .* got 1.5/,
    ],
    [
      'an input misspelt',
      () => pairwiseDistillationLoss({ scores: [1], anchorScores: [1], winProbability: [1] } as never),
      /no input winProbability/,
    ],
    ['a token misspelt', () => yesLogit([1, 2], { yes: [0], No: [1] } as never), /yesLogit: no input No/],
    [
      'inputs of two lengths',
      () => pairwiseDistillationLoss({ scores: [1], anchorScores: [1], winProbabilities: [0, 1] }),
      /scores, anchorScores and winProbabilities must all be \[B\], got \[1\], \[1\] and \[2\]/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })

  it('inside jit, with a batch of any size', async () => {
    const step = jit((c: Tensor, r: Tensor) => davidsonLoss(c, r).losses, {
      backend: 'reference',
      symbolicDims: [['B'], ['B']],
    })
    expect((await step(tensor([1, 2]), tensor([0, 0]))).shape).toEqual([2])
    expect((await step(tensor([1]), tensor([0]))).shape).toEqual([1])
  })
})
