import { grad, jit, mean, mul, reduceSum, stopGradient, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGoldens } from '../golden-rows'
import goldens from '../goldens/off-policy.json'
import {
  gpgLoss,
  grpoLoss,
  grpoReduction,
  importanceRatios,
  LossError,
  offPolicySequenceMask,
  type PolicyInputs,
  ppoLoss,
  type RolloutMaskOptions,
  type RolloutWeightsOptions,
  rebelLoss,
  reinforceLoss,
  rlooLoss,
  rolloutMask,
  rolloutMismatch,
  rolloutWeights,
  rpoLoss,
  sequenceMeanTokenMean,
  topEntropyMask,
  toprLoss,
} from '../index'

type Named = Record<string, Tensor>
type Correction = { weights: RolloutWeightsOptions; mask?: RolloutMaskOptions }

/** Weights or a mask, seen as the factor of log π that they are. */
const onLogprobs = (inputs: Named, factor: Tensor) => ({ losses: mul(factor, inputs.logprobs!) })

/** The weights of a correction, 0 where its mask drops a token. */
function corrected(inputs: Named, { weights, mask }: Correction) {
  const given = rolloutWeights(inputs as never, weights)
  const kept = mask === undefined ? 1 : rolloutMask(inputs as never, mask).mask
  return { weights: mul(given.weights, kept), metrics: given.metrics }
}

describeGoldens('against TRL, verl, OpenRLHF and Trinity-RFT, in f64', goldens.rows as never, {
  reinforce: (inputs, options) => reinforceLoss(inputs as never, options),
  gpg: (inputs, options) => gpgLoss(inputs as never, options),
  bypass: (inputs, options: Correction) => {
    const { weights } = corrected({ ...inputs, rolloutLogprobs: inputs.oldLogprobs! }, options)
    return { losses: reinforceLoss({ ...inputs, weights } as never).losses }
  },
  rlooMean: (inputs, options) => {
    const { losses, metrics } = rlooLoss(inputs as never, options)
    return { losses: sequenceMeanTokenMean(losses, { mask: inputs.mask!, convention: 'trl' }), metrics }
  },
  topr: (inputs, options) => toprLoss(inputs as never, options),
  importanceRatios: (inputs, options) => ({ losses: importanceRatios(inputs as never, options) }),
  productsOnLogprobs: (inputs, options) =>
    onLogprobs(inputs, stopGradient(importanceRatios(inputs as never, options))),
  rolloutWeights: (inputs, options) => {
    const { weights, metrics } = rolloutWeights(inputs as never, options)
    return { ...onLogprobs(inputs, weights), metrics }
  },
  rolloutMask: (inputs, options) => {
    const { mask, metrics } = rolloutMask(inputs as never, options)
    return { ...onLogprobs(inputs, mask), metrics }
  },
  mismatch: (inputs) => ({
    losses: mul(0, inputs.logprobs!),
    metrics: rolloutMismatch(inputs as never),
  }),
  correctedPpo: (inputs, options: Correction) => {
    const { weights, metrics } = corrected({ ...inputs, logprobs: inputs.oldLogprobs! }, options)
    const { losses } = ppoLoss({ ...inputs, weights } as never, { convention: 'openrlhf' })
    return { losses, metrics }
  },
  offPolicySequenceMask: (inputs, options) =>
    onLogprobs(inputs, offPolicySequenceMask(inputs as never, options)),
  topEntropyMask: (inputs, options: { share: number }) =>
    onLogprobs(inputs, topEntropyMask(inputs.entropies!, { ...options, mask: inputs.mask! })),
  maskedGrpo: (inputs, options: { threshold: number; share: number; ratioHigh: number }) => {
    const { threshold, share, ratioHigh } = options
    const sampled = { ...inputs, logprobs: inputs.oldLogprobs! }
    const { weights } = rolloutWeights(sampled as never, { ratioHigh })
    const near = offPolicySequenceMask(inputs as never, { threshold })
    const unsure = topEntropyMask(inputs.entropies!, { share, mask: inputs.mask! })
    const masked = { ...inputs, weights: mul(weights, mul(near, unsure)) }
    const { losses, metrics } = grpoLoss(masked as never)
    return { losses: grpoReduction(losses, { lossType: 'dapo', mask: inputs.mask! }), metrics }
  },
})

const inf = Number.POSITIVE_INFINITY
const f64 = (values: number[] | number[][]) => tensor(values, { dtype: 'f64' })
const policyLosses = {
  reinforce: (inputs: PolicyInputs) => reinforceLoss(inputs),
  'reinforce by token': (inputs: PolicyInputs) => reinforceLoss(inputs, { importance: 'token' }),
  'reinforce by sequence': (inputs: PolicyInputs) => reinforceLoss(inputs, { importance: 'sequence' }),
  'reinforce by mean': (inputs: PolicyInputs) => reinforceLoss(inputs, { importance: 'sequence-mean' }),
  gpg: (inputs: PolicyInputs) => gpgLoss(inputs),
  rloo: (inputs: PolicyInputs) => rlooLoss(inputs),
  topr: (inputs: PolicyInputs) => toprLoss(inputs),
  'topr by token': (inputs: PolicyInputs) => toprLoss(inputs, { importance: 'token' }),
}
const all = Object.entries(policyLosses)
const scored = all.filter(([name]) => name !== 'rloo')
const gradientOf = (
  loss: (inputs: PolicyInputs) => { losses: Tensor },
  inputs: PolicyInputs & { logprobs: Tensor },
) => grad((logprobs: Tensor) => reduceSum(loss({ ...inputs, logprobs }).losses))<Tensor>(inputs.logprobs)
const expectClose = (got: Tensor, expected: readonly number[], digits = 12) => {
  expect(got.data.length).toBe(expected.length)
  got.data.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, digits)
  })
}

describe.each(all)('%s', (name, loss) => {
  it('padding changes nothing, whatever is there, and [B, T] equals one by one', () => {
    const rows = [
      { logprobs: [-1, -2, -0.5], oldLogprobs: [-1.1, -1.5, -0.6], advantages: 1.5 },
      { logprobs: [-0.3], oldLogprobs: [-0.9], advantages: -0.7 },
    ]
    const pad = (values: number[]) => [
      Number.NaN,
      ...values,
      ...new Array<number>(3 - values.length).fill(-inf),
    ]
    const inputs = {
      logprobs: f64(rows.map((row) => pad(row.logprobs))),
      oldLogprobs: f64(rows.map((row) => pad(row.oldLogprobs))),
      advantages: rows.map((row) => row.advantages),
      mask: rows.map(({ logprobs }) => [
        0,
        ...logprobs.map(() => 1),
        ...new Array(3 - logprobs.length).fill(0),
      ]),
    }
    const [batch, slopes] = [
      loss(inputs).losses.toArray(),
      gradientOf(loss, inputs).toArray(),
    ] as number[][][]
    rows.forEach((row, i) => {
      const one = {
        logprobs: f64([row.logprobs]),
        oldLogprobs: f64([row.oldLogprobs]),
        advantages: [row.advantages],
      }
      const [alone, slope] = [loss(one).losses.data, gradientOf(loss, one).data]
      inputs.mask[i]!.forEach((kept, t) => {
        expect(batch![i]![t]).toBeCloseTo(kept ? alone[t - 1]! : 0, 12)
        expect(slopes![i]![t]).toBeCloseTo(kept ? slope[t - 1]! : 0, 12)
      })
    })
  })

  it('log-ratios of any size have finite losses and gradients', () => {
    for (const advantages of [[1], [-1], [0]]) {
      for (const ratio of [-2000, -50, 50, 2000]) {
        const inputs = { logprobs: f64([[-1 + ratio, -1]]), oldLogprobs: f64([[-1, -1]]), advantages }
        const numbers = [...loss(inputs).losses.data, ...gradientOf(loss, inputs).data]
        expect([name, ratio, numbers.every(Number.isFinite)]).toEqual([name, ratio, true])
      }
    }
  })

  it('rows without tokens, and no tokens at all', () => {
    const inputs = { logprobs: f64([[-1], [-1]]), advantages: [1, 1], mask: [[0], [0]] }
    const { losses, metrics } = loss(inputs)
    expect(losses.data.every((value) => value === 0)).toBe(true)
    for (const metric of Object.values<Tensor>(metrics)) expect(metric.item()).toBe(0)
  })

  it('weights multiply, and advantages are a number a sequence or a token', () => {
    const inputs = { logprobs: f64([[-1, -2]]), oldLogprobs: f64([[-1.1, -2.3]]), advantages: [1] }
    const plain = loss(inputs).losses.data
    expectClose(loss({ ...inputs, weights: [[2, 0.5]] }).losses, [2 * plain[0]!, 0.5 * plain[1]!])
    expectClose(loss({ ...inputs, advantages: [[1, 1]] }).losses, Array.from(plain))
  })

  it('where infinite log-probabilities meet what they cannot, an error names them', () => {
    const inputs = { logprobs: f64([[-inf]]), oldLogprobs: f64([[-inf]]), advantages: [0] }
    expect(() => loss(inputs)).toThrow(/loss 0 is ∞ − ∞ or 0·∞.* logprobs and oldLogprobs/)
    expect(() => loss(inputs)).toThrow(LossError)
  })
})

describe.each(scored)('%s, a score function', (_name, loss) => {
  it('on the policy that drew the tokens, the gradient is −A', () => {
    const logprobs = f64([
      [-1, -2],
      [-3, -0.1],
    ])
    expectClose(gradientOf(loss, { logprobs, advantages: [2, -0.5] }), [-2, -2, 0.5, 0.5])
  })
})

describe('gradients', () => {
  const inputs = {
    logprobs: f64([
      [-1, -2, -0.4],
      [-0.6, -1.2, -2.2],
    ]),
    oldLogprobs: f64([
      [-1.3, -1.9, -0.5],
      [-0.7, -1.6, -2.1],
    ]),
    advantages: [0.7, -1.1],
  }
  const ratios = (level: 'token' | 'sequence' | 'sequence-mean') =>
    Array.from(importanceRatios(inputs, { level }).data)

  it('with its ratio, REINFORCE has the gradient of −ρA: what the ratio was is not differentiated', () => {
    for (const level of ['token', 'sequence', 'sequence-mean'] as const) {
      const expected = ratios(level).map((ratio, i) => -ratio * inputs.advantages[i < 3 ? 0 : 1]!)
      expectClose(
        gradientOf((x) => reinforceLoss(x, { importance: level }), inputs),
        expected,
      )
    }
    const bounded = (x: PolicyInputs) =>
      reinforceLoss(x, { importance: 'token', ratioLow: 0.95, ratioHigh: 1.2 })
    const expected = ratios('token').map(
      (ratio, i) => -Math.min(Math.max(ratio, 0.95), 1.2) * inputs.advantages[i < 3 ? 0 : 1]!,
    )
    expectClose(gradientOf(bounded, inputs), expected)
  })

  it('TOPR: good sequences count as in supervised learning, bad ones by their ratio, at most 1', () => {
    const [good, bad] = [ratios('sequence')[0]!, ratios('sequence')[3]!]
    expect(bad).toBeGreaterThan(1)
    const gone = { ...inputs, logprobs: mul(2, inputs.logprobs) }
    const ratio = importanceRatios(gone, { level: 'sequence' }).data[3]!
    expect(ratio).toBeLessThan(1)
    expectClose(gradientOf(toprLoss, inputs), [-0.7, -0.7, -0.7, 1.1, 1.1, 1.1])
    expectClose(gradientOf(toprLoss, gone), [-0.7, -0.7, -0.7, 1.1 * ratio, 1.1 * ratio, 1.1 * ratio])
    const free = (x: PolicyInputs) => toprLoss(x, { positiveBounds: [0, 100], negativeBounds: [0, 100] })
    const [up, down] = [-0.7 * good, 1.1 * bad]
    expectClose(gradientOf(free, inputs), [up, up, up, down, down, down])
    const { metrics } = toprLoss(inputs)
    expect(metrics.avg_alpha.item()).toBeCloseTo(1, 12)
    expect(metrics.avg_ratio.item()).toBeCloseTo((good + bad) / 2, 12)
  })

  it('TOPR: the gradient of a bad sequence vanishes as it becomes unlikely, that of REINFORCE does not', () => {
    for (const shift of [-1, -10, -100, -700]) {
      const gone = { logprobs: f64([[-1 + shift]]), oldLogprobs: f64([[-1]]), advantages: [-1] }
      expectClose(gradientOf(toprLoss, gone), [Math.exp(shift)])
      expectClose(gradientOf(reinforceLoss, gone), [1])
    }
  })

  it('RLOO: within the clip −ρA for each token, beyond it nothing', () => {
    const of = (x: PolicyInputs) => ({
      losses: sequenceMeanTokenMean(rlooLoss(x, { clipEpsilon: 0.9 }).losses, { convention: 'trl' }),
    })
    const [good, bad] = [ratios('sequence')[0]!, ratios('sequence')[3]!]
    const [up, down] = [(-0.7 * good) / 2, (1.1 * bad) / 2]
    expectClose(gradientOf(of, inputs), [up, up, up, down, down, down])
    // Σ log ρ is 0.3 and 0.4: both ratios are above, where only a good sequence is held.
    const narrow = (x: PolicyInputs) => rlooLoss(x, { clipEpsilon: 0.01 })
    expect(Array.from(gradientOf(narrow, inputs).data).slice(0, 3)).toEqual([0, 0, 0])
    const { metrics } = narrow(inputs)
    expect(metrics['clip_ratio/high_mean'].item()).toBe(0.5)
    expect(metrics['clip_ratio/low_mean'].item()).toBe(0)
  })
})

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

describe('importanceRatios', () => {
  const inputs = {
    logprobs: f64([[-1, -2, -9]]),
    oldLogprobs: f64([[-1.5, -1.8, 0]]),
    mask: [[1, 1, 0]],
  }
  const [a, b] = [0.5, -0.2].map(Math.exp) as [number, number]

  it.each([
    ['token', [a, b, 0], [a, b, 0]],
    ['sequence', [a * b, a * b, 0], [2 * a * b, 2 * a * b, 0]],
    ['sequence-mean', [Math.sqrt(a * b), Math.sqrt(a * b), 0], [Math.sqrt(a * b), Math.sqrt(a * b), 0]],
    ['sequence-token', [Math.sqrt(a * b), Math.sqrt(a * b), 0], [Math.sqrt(a * b), Math.sqrt(a * b), 0]],
  ] as const)('%s', (level, values, slopes) => {
    expectClose(importanceRatios(inputs, { level }), values)
    const of = (logprobs: Tensor) => reduceSum(importanceRatios({ ...inputs, logprobs }, { level }))
    expectClose(grad(of)<Tensor>(inputs.logprobs), slopes)
  })

  it('at the level of a sequence one token moves all ratios, at sequence-token its own', () => {
    const first = (level: 'sequence-mean' | 'sequence-token') => {
      const of = (logprobs: Tensor) =>
        reduceSum(mul([[1, 0, 0]], importanceRatios({ ...inputs, logprobs }, { level })))
      return Array.from(grad(of)<Tensor>(inputs.logprobs).data)
    }
    const s = Math.sqrt(a * b)
    expectClose(f64(first('sequence-mean')), [s / 2, s / 2, 0])
    expectClose(f64(first('sequence-token')), [s, 0, 0])
  })

  it('is bounded, and infinities that meet are named', () => {
    const far = { logprobs: f64([[0, 0]]), oldLogprobs: f64([[-inf, -2000]]) }
    expect(importanceRatios(far).toArray()).toEqual([[Math.exp(80), Math.exp(80)]])
    const both = { logprobs: f64([[-inf]]), oldLogprobs: f64([[-inf]]) }
    expect(() => importanceRatios(both)).toThrow(/importanceRatios: .* logprobs and oldLogprobs/)
  })
})

describe('use', () => {
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
  const pair = {
    chosenLogprobs: [-1],
    rejectedLogprobs: [-1],
    oldChosenLogprobs: [-1],
    oldRejectedLogprobs: [-1],
    rewardMargins: [1],
  }
  it.each([
    [
      'a misspelt option',
      () => reinforceLoss(inputs, { ratio: 1 } as never),
      /reinforceLoss: no option ratio/,
    ],
    ['of GPG, too', () => gpgLoss(inputs, { ratio: 1 } as never), /no option ratio/],
    ['of RLOO', () => rlooLoss(inputs, { dualClip: 3 } as never), /rlooLoss: no option dualClip/],
    ['of TOPR', () => toprLoss(inputs, { bounds: [0, 1] } as never), /toprLoss: no option bounds/],
    ['of REBEL', () => rebelLoss(pair, { beta: 1 } as never), /rebelLoss: no option beta/],
    [
      'an unknown ratio',
      () => reinforceLoss(inputs, { importance: 'seq' } as never),
      /importance: expected one of/,
    ],
    [
      'bounds in the wrong order',
      () => reinforceLoss(inputs, { ratioLow: 2, ratioHigh: 1 }),
      /ratioLow: .* got 2/,
    ],
    [
      'a taper in the wrong order',
      () => toprLoss(inputs, { negativeBounds: [1, 0] }),
      /negativeBounds: .*got \[1, 0\]/,
    ],
    ['a taper without end', () => toprLoss(inputs, { positiveBounds: [0, inf] }), /positiveBounds: .*< ∞/],
    ['ε beyond 1', () => rlooLoss(inputs, { clipEpsilon: 1.5 }), /clipEpsilon: .* got 1.5/],
    ['η of 0', () => rebelLoss(pair, { eta: 0 }), /eta: .* got 0/],
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
    [
      'another level',
      () => importanceRatios({ logprobs: [[1]], oldLogprobs: [[1]] }, { level: 'seq' } as never),
      /level: expected one of/,
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
