import { jit, randomKey, randomUniform, splitKey, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Api, describeGoldens, type UnderTest } from '../golden-rows'
import goldens from '../goldens/policy-trust-region.json'
import {
  clipCovLoss,
  dppoLoss,
  droLoss,
  gmpoLoss,
  klCovLoss,
  LossError,
  type PolicyInputs,
  sapoLoss,
  vespoLoss,
} from '../index'
import {
  itBeginsAsPolicyGradient,
  itEqualsOneByOne,
  itIsDefinedAtExtremes,
  paddedBatch,
} from './policy-properties'
import { f64, gradientOf } from './testing'

/** The loss after TRL's mean over sequences of means over tokens. */
const bySequence =
  (name: 'gmpoLoss' | 'sapoLoss', functions: Api): UnderTest =>
  (inputs, options) => {
    const { losses, metrics } = functions[name](inputs as never, options)
    return {
      losses: functions.sequenceMeanTokenMean(losses, { mask: inputs.mask!, convention: 'trl' }),
      metrics,
    }
  }

describeGoldens('against TRL and verl, in f64', goldens.rows as never, (functions) => ({
  gmpoMean: bySequence('gmpoLoss', functions),
  sapo: (inputs, options) => functions.sapoLoss(inputs as never, options),
  sapoMean: bySequence('sapoLoss', functions),
  vespoMean: (inputs, options) => {
    const { losses, metrics } = functions.vespoLoss(inputs as never, options)
    return { losses: functions.tokenMean(losses, { mask: inputs.mask! }), metrics }
  },
  dppo: (inputs, options) => functions.dppoLoss(inputs as never, options),
  dro: (inputs, options) => functions.droLoss(inputs as never, options),
  clipCov: (inputs, options) => functions.clipCovLoss(inputs as never, options),
  klCov: (inputs, options) => functions.klCovLoss(inputs as never, options),
}))

const inf = Number.POSITIVE_INFINITY

/** Losses of which each sequence is a matter of its own. */
const bySequenceAlone = {
  gmpo: (inputs: PolicyInputs) => gmpoLoss(inputs),
  'gmpo, verl': (inputs: PolicyInputs) => gmpoLoss(inputs, { convention: 'verl' }),
  sapo: (inputs: PolicyInputs) => sapoLoss(inputs),
  'sapo, verl': (inputs: PolicyInputs) => sapoLoss(inputs, { convention: 'verl' }),
  vespo: (inputs: PolicyInputs) => vespoLoss(inputs),
  'dppo by tv': (inputs: PolicyInputs) => dppoLoss(inputs),
  'dppo by kl': (inputs: PolicyInputs) => dppoLoss(inputs, { divergence: 'kl' }),
  dro: (inputs: PolicyInputs) => droLoss(inputs, { klWeight: 0.5 }),
}
/** Losses of which the covariance of the whole batch is a part. */
const byBatch = {
  // Covariances are above −9 in these tests: every token that the clip leaves alone is a candidate.
  'clip-cov': (inputs: PolicyInputs) =>
    clipCovLoss(
      { ...inputs, draws: inputs.mask ?? inputs.logprobs },
      { covarianceLow: -9, covarianceHigh: 9 },
    ),
  'kl-cov': (inputs: PolicyInputs) => klCovLoss(inputs, { share: 0.5 }),
}
const alone = Object.entries(bySequenceAlone)
const all = [...alone, ...Object.entries(byBatch)]

const batch = paddedBatch

describe.each(alone)('%s', (_, loss) => {
  itEqualsOneByOne(loss)
  itBeginsAsPolicyGradient(loss, 7)
})

describe.each(all)('%s', (name, loss) => {
  itIsDefinedAtExtremes(name, loss)

  it('padding changes nothing, whatever is there', () => {
    const clean = (x: number[][]) =>
      f64(x.map((row) => row.map((value) => (Number.isFinite(value) ? value : -1))))
    const cleaned = {
      ...batch,
      logprobs: clean(batch.logprobs.toArray() as number[][]),
      oldLogprobs: clean(batch.oldLogprobs.toArray() as number[][]),
    }
    expect(loss(batch).losses.toArray()).toEqual(loss(cleaned).losses.toArray())
    expect(gradientOf(loss, batch).toArray()).toEqual(gradientOf(loss, cleaned).toArray())
    const [left, right] = [loss(batch), loss(cleaned)].map(({ metrics }) =>
      Object.entries<Tensor>(metrics).map(([metric, value]) => [metric, value.item()]),
    )
    expect(left).toEqual(right)
    for (const [, value] of left!) expect(value).not.toBeNaN()
  })

  it('inside jit, the same as outside, with a batch of any size', async () => {
    const step = jit((logprobs: Tensor, advantages: Tensor) => loss({ logprobs, advantages }).losses, {
      backend: 'reference',
      symbolicDims: [['B'], ['B']],
    })
    for (const size of [1, 3]) {
      const inputs = [-1, 0.5].map((offset) =>
        tensor(
          Float32Array.from({ length: size * 2 }, (_, i) => offset - i / 7),
          { shape: [size, 2] },
        ),
      ) as [Tensor, Tensor]
      const plain = loss({ logprobs: inputs[0], advantages: inputs[1] }).losses.data
      expect(Array.from((await step(...inputs)).data)).toEqual(Array.from(plain))
    }
  })
})

describe.each(all.filter(([name]) => name !== 'vespo'))('%s', (_, loss) => {
  it('weights of sequences multiply', () => {
    const inputs = { ...batch, weights: [2, 0.5] }
    const [plain, weighted] = [loss(batch).losses, loss(inputs).losses].map((x) =>
      x.toArray(),
    ) as number[][][]
    plain!.flat().forEach((value, i) => {
      // verl's logarithms of weights and sums over tokens have epsilons.
      expect(weighted!.flat()[i]).toBeCloseTo((i < 5 ? 2 : 0.5) * value, 6)
    })
  })
})

describe('gmpoLoss', () => {
  it('is −A times the geometric mean of the ratios, and clips only where A pushes', () => {
    const inputs = { logprobs: f64([[Math.log(4), 0]]), oldLogprobs: f64([[0, 0]]) }
    const of = (advantage: number) => gmpoLoss({ ...inputs, advantages: [advantage] }, { clipEpsilon: 0.4 })
    // Up, log 4 counts as 0.4; where A < 0 it is not bounded from above, and the geometric mean of 4 and 1 is 2.
    expect(of(3).losses.data[0]).toBeCloseTo(-3 * Math.exp(0.2), 12)
    expect(of(-3).losses.data[0]).toBeCloseTo(6, 12)
    expect(of(3).metrics['clip_ratio/high_mean'].item()).toBe(0.5)
    expect(of(-3).metrics['clip_ratio/region_mean'].item()).toBe(0)
    expect(of(3).metrics['actor/ppo_kl'].item()).toBeCloseTo(-Math.log(2), 12)
  })

  it('a weight of a sequence is the geometric mean of its tokens’', () => {
    const inputs = { logprobs: f64([[-1, -2]]), oldLogprobs: f64([[-1.1, -1.8]]), advantages: [1] }
    const [plain, weighted] = [gmpoLoss(inputs), gmpoLoss({ ...inputs, weights: [[4, 1]] })]
    expect(weighted.losses.data[1]).toBeCloseTo(2 * plain.losses.data[1]!, 12)
    const nothing = gmpoLoss({ ...inputs, weights: [[4, 0]] }).losses.toArray() as number[][]
    expect(nothing.flat().map(Math.abs)).toEqual([0, 0])
  })
})

describe('sapoLoss', () => {
  it('the slope falls off to both sides, and faster where A < 0', () => {
    const slope = (ratio: number, advantage: number) =>
      gradientOf((x) => sapoLoss(x, { temperatureNegative: 2 }), {
        logprobs: f64([[Math.log(ratio)]]),
        oldLogprobs: f64([[0]]),
        advantages: [advantage],
      }).item()
    // 4·σ(x)(1 − σ(x))·ρ, x = τ(ρ − 1).
    const gate = (x: number) => 1 / Math.cosh(x / 2) ** 2
    expect(slope(3, 1)).toBeCloseTo(-gate(2) * 3, 12)
    expect(slope(0.5, 1)).toBeCloseTo(-gate(0.5) * 0.5, 12)
    expect(slope(3, -1)).toBeCloseTo(gate(4) * 3, 12)
  })
})

describe('vespoLoss', () => {
  it('φ is 1 at w = 1 and largest at w = k/λ, of the whole sequence', () => {
    const phiOf = (w: number, advantage: number) => {
      const half = Math.log(w) / 2 - 1
      const inputs = { logprobs: f64([[half, half]]), oldLogprobs: f64([[-1, -1]]), advantages: [advantage] }
      return vespoLoss(inputs).metrics['vespo/phi_seq_mean'].item()
    }
    expect(phiOf(1, 1)).toBeCloseTo(1, 12)
    expect(phiOf(1, -1)).toBeCloseTo(1, 12)
    expect(phiOf(2, 1)).toBeCloseTo(4 * Math.exp(-3), 12)
    expect(phiOf(2, -1)).toBeCloseTo(8 * Math.exp(-2), 12)
    for (const w of [0.6, 0.74]) expect(phiOf(w, 1)).toBeLessThan(phiOf(2 / 3, 1))
    for (const w of [1.4, 1.6]) expect(phiOf(w, -1)).toBeLessThan(phiOf(1.5, -1))
  })

  it('weights are factors of w', () => {
    const logprobs = f64([[-1, -2]])
    const corrected = vespoLoss({ logprobs, advantages: [1], weights: [[2, 0.8]] })
    const moved = vespoLoss({ logprobs, oldLogprobs: [[-1 - Math.log(1.6), -2]], advantages: [1] })
    corrected.losses.data.forEach((value, i) => {
      expect(value).toBeCloseTo(moved.losses.data[i]!, 12)
    })
    const lost = vespoLoss({ logprobs, advantages: [1], weights: [[0, 1]] }).losses
    expect(lost.data.every((value) => value > 0 && value < 1e-14)).toBe(true)
  })
})

describe('dppoLoss', () => {
  const p = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
  const advantage = fc.double({ min: -3, max: 3, noNaN: true })

  it('leaves out a token only where A pushes it further away than δ', () => {
    fc.assert(
      fc.property(
        p,
        p,
        advantage,
        fc.constantFrom('tv' as const, 'kl' as const),
        (now, before, A, divergence) => {
          const inputs = {
            logprobs: f64([[Math.log(now)]]),
            oldLogprobs: f64([[Math.log(before)]]),
            advantages: [A],
          }
          const { metrics } = dppoLoss(inputs, { divergence, threshold: 0.1 })
          const kl = before * Math.log(before / now) + (1 - before) * Math.log((1 - before) / (1 - now))
          const distance = divergence === 'tv' ? Math.abs(now - before) : kl
          fc.pre(Math.abs(distance - 0.1) > 1e-3)
          const away = A > 0 ? now > before : now < before
          expect(metrics['actor/pg_clipfrac'].item()).toBe(Number(away && distance > 0.1))
        },
      ),
    )
  })

  it('a rare token may grow by a large ratio, and a common one may not leave', () => {
    const slope = (now: number, before: number, A: number) =>
      gradientOf((x) => dppoLoss(x), {
        logprobs: f64([[Math.log(now)]]),
        oldLogprobs: f64([[Math.log(before)]]),
        advantages: [A],
      }).item()
    expect(slope(0.01, 0.001, 1)).toBeCloseTo(-10, 12)
    expect(slope(0.1, 0.001, 1)).toBeCloseTo(-20, 12)
    expect(slope(0.8, 0.99, -1)).toBe(0)
    expect(slope(0.8, 0.99, 1)).toBeCloseTo(-0.8 / 0.99, 12)
  })

  it('of a token that π_old or π never draws, the divergence is its limit', () => {
    const share = (logprob: number, oldLogprob: number, A: number) =>
      dppoLoss(
        { logprobs: f64([[logprob]]), oldLogprobs: f64([[oldLogprob]]), advantages: [A] },
        { divergence: 'kl' },
      ).metrics['actor/pg_clipfrac'].item()
    // From nothing to p it is −log(1 − p).
    expect(share(Math.log(0.04), -inf, 1)).toBe(0)
    expect(share(Math.log(0.06), -inf, 1)).toBe(1)
    expect(share(-inf, Math.log(0.5), -1)).toBe(1)
  })
})

describe('droLoss', () => {
  it('has its optimum where A = β·log ρ', () => {
    const inputs = { logprobs: f64([[-1]]), oldLogprobs: f64([[-1.5]]), advantages: [0.2] }
    expect(gradientOf((x) => droLoss(x, { klWeight: 0.4 }), inputs).item()).toBeCloseTo(0, 12)
  })
})

describe('clipCovLoss', () => {
  // Covariances: A − Ā is ±1, log π − mean is −1.5, −0.5, 0.5, 1.5.
  const inputs = { logprobs: f64([[-4, -3, -2, -1]]), advantages: f64([[-1, 1, 1, -1]]) }
  const bounds = { covarianceLow: 0, covarianceHigh: 2 }
  const zeros = (draws: number[][], share: number) =>
    Array.from(clipCovLoss({ ...inputs, draws }, { ...bounds, share }).losses.data, (x) => x === 0)

  it('of the tokens between the bounds, those with the largest draws have no loss and no gradient', () => {
    expect(zeros([[0.3, 0.9, 0.2, 0.8]], 0.25)).toEqual([true, false, false, false])
    expect(zeros([[0.1, 0.9, 0.2, 0.8]], 0.25)).toEqual([false, false, true, false])
    // No more than there are candidates, and at least one.
    expect(zeros([[0.1, 0.9, 0.2, 0.8]], 1)).toEqual([true, false, true, false])
    expect(zeros([[0.1, 0.9, 0.2, 0.8]], 1e-9)).toEqual([false, false, true, false])
    const loss = (x: PolicyInputs) => clipCovLoss({ ...x, draws: [[1, 0, 0, 0]] }, bounds)
    expect(gradientOf(loss, inputs).toArray()).toEqual([[0, -1, -1, 1]])
  })

  it('draws each candidate as often as any other, and the same ones for the same key', () => {
    const drawnBy = (key: Tensor) =>
      clipCovLoss(
        { ...inputs, draws: randomUniform(key, [1, 4]) },
        { ...bounds, share: 0.25 },
      ).losses.data.indexOf(0)
    const keys = splitKey(randomKey(7), 400)
    const first = keys.map(drawnBy)
    expect(keys.map(drawnBy)).toEqual(first)
    expect(new Set(first)).toEqual(new Set([0, 2]))
    // 400 fair draws are within 5 standard deviations of 200.
    expect(Math.abs(first.filter((at) => at === 0).length - 200)).toBeLessThan(50)
  })
})

describe('klCovLoss', () => {
  it('only the tokens with the largest covariance pay for moving', () => {
    const inputs = {
      logprobs: f64([[-4, -3, -2, -1]]),
      oldLogprobs: f64([[-4.1, -2.9, -2.1, -0.9]]),
      advantages: f64([[-1, 1, 1, -1]]),
    }
    const of = (klWeight: number) => klCovLoss(inputs, { share: 0.25, klWeight }).losses.data
    expect(Array.from(of(2), (x, i) => Number((x - of(0)[i]!).toFixed(12)))).toEqual([0.2, 0, 0, 0])
    expect(klCovLoss(inputs).metrics['actor/ppo_kl'].item()).toBeCloseTo(0.1, 12)
  })
})

describe.each(Object.entries(byBatch))('%s: covariances of infinite numbers have no order', (_, loss) => {
  const finite = { logprobs: f64([[-1, -2, -3]]), advantages: f64([[1, 0, -1]]) }
  const infinite = (name: 'logprobs' | 'advantages', mask?: number[][]) => ({
    ...finite,
    oldLogprobs: finite.logprobs,
    [name]: f64([[1, -inf, -1]]),
    mask: mask ?? [[1, 1, 1]],
  })

  it.each(['logprobs', 'advantages'] as const)('infinite %s', (name) => {
    expect(() => loss(infinite(name))).toThrow(new RegExp(`got infinite ${name}$`))
    expect(() => loss(infinite(name))).toThrow(expect.objectContaining({ code: 'INDETERMINATE' }))
    expect(loss(infinite(name, [[1, 0, 1]])).losses.data.every(Number.isFinite)).toBe(true)
  })

  it('inside jit the losses are NaN, 0 where masked', async () => {
    const step = jit((logprobs: Tensor) => loss({ ...finite, logprobs, mask: [[1, 1, 0]] }).losses, {
      backend: 'reference',
    })
    const losses = await step(f64([[-1, -inf, -3]]))
    expect(Array.from(losses.data)).toEqual([Number.NaN, Number.NaN, 0])
    expect((await step(finite.logprobs)).data.every(Number.isFinite)).toBe(true)
  })

  it('means that overflow have none either', () => {
    const logprobs = new Float32Array([-3e38, -3e38, -1])
    const act = () => loss({ logprobs: tensor(logprobs, { shape: [1, 3] }), advantages: [[1, 0, -1]] })
    expect(act).toThrow(/finite in f32/)
  })
})

describe('use', () => {
  const inputs = { logprobs: [[-1, -2]], advantages: [1] }
  it.each([
    ['gmpo', () => gmpoLoss(inputs, { epsilon: 0.2 } as never), /gmpoLoss: no option epsilon/],
    ['sapo', () => sapoLoss(inputs, { temperature: 1 } as never), /sapoLoss: no option temperature/],
    ['vespo', () => vespoLoss(inputs, { power: 1 } as never), /vespoLoss: no option power/],
    ['dppo', () => dppoLoss(inputs, { treshold: 1 } as never), /dppoLoss: no option treshold/],
    ['dro', () => droLoss(inputs, { klWeight: 1, tau: 1 } as never), /droLoss: no option tau/],
    ['clip-cov', () => clipCovLoss({ ...inputs, draws: [[1, 2]] }, { ratio: 1 } as never), /no option ratio/],
    ['kl-cov', () => klCovLoss(inputs, { ratio: 1 } as never), /klCovLoss: no option ratio/],
    [
      'a convention nobody has',
      () => gmpoLoss(inputs, { convention: 'x' } as never),
      /one of trl, verl, got/,
    ],
    ['a negative ε', () => gmpoLoss(inputs, { clipEpsilon: -1 }), /clipEpsilon: .* got -1/],
    [
      'a temperature of 0',
      () => sapoLoss(inputs, { temperaturePositive: 0 }),
      /temperaturePositive: .* got 0/,
    ],
    ['a decay of 0', () => vespoLoss(inputs, { decayNegative: 0 }), /decayNegative: .* got 0/],
    ['another divergence', () => dppoLoss(inputs, { divergence: 'js' } as never), /one of tv, kl, got/],
    [
      'no β',
      () => droLoss(inputs, {} as never),
      /klWeight: expected a number in \(0, Infinity\), got undefined/,
    ],
    ['a share beyond 1', () => klCovLoss(inputs, { share: 2 }), /share: .* got 2/],
    [
      'bounds in the wrong order',
      () => clipCovLoss({ ...inputs, draws: [[1, 2]] }, { covarianceLow: 6 }),
      /covarianceHigh: expected a number in \(6, Infinity\), got 5/,
    ],
    ['no draws', () => clipCovLoss(inputs as never), /clipCovLoss: draws: expected .* got undefined/],
    [
      'a misspelt input',
      () => clipCovLoss({ ...inputs, draws: [[1, 2]], masks: [[1, 1]] } as never),
      /clipCovLoss: no input masks; .* draws/,
    ],
    [
      'another',
      () => droLoss({ ...inputs, draws: [[1, 2]] } as never, { klWeight: 1 }),
      /droLoss: no input draws/,
    ],
    ['other draws', () => clipCovLoss({ ...inputs, draws: [[1, 2, 3]] }), /draws must be \[B, T\]/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
