import {
  exp,
  expandDims,
  grad,
  greaterEqual,
  jit,
  log1p,
  mul,
  neg,
  reduceSum,
  softplus,
  stack,
  sub,
  type Tensor,
  tensor,
  where,
} from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGoldens } from '../golden-rows'
import goldens from '../goldens/experimental-alignment.json'
import repositories from '../goldens/repositories.json'
import {
  aStarPoLoss,
  type Convention,
  dpoLoss,
  ktoLoss,
  LossError,
  nashMdLoss,
  simPoLoss,
  tpoLoss,
  xpoLoss,
} from '../index'

describeGoldens("against TRL's experimental trainers, in f64", goldens.rows as never, (functions) => ({
  nashMd: (inputs, options) => functions.nashMdLoss(inputs as never, options),
  xpo: (inputs, options) => functions.xpoLoss(inputs as never, options),
  onlineDpo: (inputs, options: object) =>
    functions.dpoLoss(betterFirst(inputs), { ...options, convention: 'openrlhf' }),
  tpo: (inputs, options) => functions.tpoLoss(inputs as never, options),
  aStarPo: (inputs, options) => functions.aStarPoLoss(inputs as never, options),
}))

const halos = repositories.rows.filter((row) => row.case.startsWith('HALOs'))
describeGoldens('against HALOs, in f64', halos as never, (functions) => ({
  dpo: (inputs, options) => functions.dpoLoss(inputs as never, options),
  kto: (inputs, options) => functions.ktoLoss(inputs as never, options),
  simPo: (inputs, options) => functions.simPoLoss(inputs as never, options),
  slic: (inputs, options) => functions.slicLoss(inputs as never, options),
}))

/** The pairs of online DPO: the completion with the larger reward is the chosen one, the first where they are equal. */
function betterFirst(x: Record<string, Tensor>) {
  const firstWins = expandDims(greaterEqual(x.firstRewards!, x.secondRewards!), 1)
  const better = (a: string, b: string) => where(firstWins, x[a]!, x[b]!)
  return {
    chosenLogprobs: better('firstLogprobs', 'secondLogprobs'),
    rejectedLogprobs: better('secondLogprobs', 'firstLogprobs'),
    refChosenLogprobs: better('refFirstLogprobs', 'refSecondLogprobs'),
    refRejectedLogprobs: better('refSecondLogprobs', 'refFirstLogprobs'),
    chosenMask: better('firstMask', 'secondMask'),
    rejectedMask: better('secondMask', 'firstMask'),
  }
}

const f64 = (...values: number[]) => new Float64Array(values)
const matrix = (...rows: number[][]) => tensor(rows, { dtype: 'f64' })
const inf = Number.POSITIVE_INFINITY

describe('nashMdLoss', () => {
  /**
   * log π of each of the four completions of two binary tokens, the second one's logit depending on the first; `[4,
   * 2]`.
   */
  const logprobsOf = (logits: Tensor): Tensor => {
    const logit = (i: number) => reduceSum(mul(logits, f64(+(i === 0), +(i === 1), +(i === 2))))
    const [first, afterOne, afterNought] = [logit(0), logit(1), logit(2)]
    const one = (z: Tensor) => neg(softplus(neg(z)))
    const nought = (z: Tensor) => neg(softplus(z))
    return stack([
      stack([one(first), one(afterOne)]),
      stack([one(first), nought(afterOne)]),
      stack([nought(first), one(afterNought)]),
      stack([nought(first), nought(afterNought)]),
    ])
  }
  const logits = tensor(f64(0.4, -1.2, 0.9))
  const reference = logprobsOf(tensor(f64(-0.3, 0.8, 0.1)))
  const preference = f64(0.9, 0.3, 0.6, 0.1)
  const probabilities = exp(reduceSum(logprobsOf(logits), { axis: 1 }))

  /** The mean gradient over completions drawn from the policy, exactly. */
  const expected = (beta: number, convention: Convention<'nashMdLoss'>) =>
    grad((given: Tensor) => {
      const inputs = { logprobs: logprobsOf(given), refLogprobs: reference, preference }
      return reduceSum(mul(probabilities, nashMdLoss(inputs, { beta, convention }).losses))
    })<Tensor>(logits).data

  /** The gradient of β·KL(π ‖ π_ref) − E[p]. */
  const exact = (beta: number) =>
    grad((given: Tensor) => {
      const logprobs = reduceSum(logprobsOf(given), { axis: 1 })
      const ratios = sub(logprobs, reduceSum(reference, { axis: 1 }))
      return reduceSum(mul(exp(logprobs), sub(mul(beta, ratios), preference)))
    })<Tensor>(logits).data

  it('descends β·KL less the probability of winning, on average', () => {
    for (const beta of [0, 0.5, 3]) {
      exact(beta).forEach((value, i) => {
        expect(expected(beta, 'paper')[i]).toBeCloseTo(value, 12)
      })
    }
  })

  it("TRL's descends something else: it leaves out what the first token does to the second", () => {
    const [ours, theirs] = [exact(3), expected(3, 'trl')]
    expect(Math.abs(ours[0]! - theirs[0]!)).toBeGreaterThan(0.05)
    expect(theirs[1]).toBeCloseTo(ours[1]!, 12)
    expect(theirs[2]).toBeCloseTo(ours[2]!, 12)
  })

  it.each(['paper', 'trl'] as const)(
    '%s: what is padded changes nothing, whatever is there',
    (convention) => {
      const plain = { logprobs: matrix([-1, -2]), refLogprobs: matrix([-2, -0.5]), preference: f64(0.8) }
      const padded = {
        logprobs: matrix([Number.NaN, -1, -2, inf]),
        refLogprobs: matrix([-inf, -2, -0.5, Number.NaN]),
        preference: f64(0.8),
        mask: [[0, 1, 1, 0]],
      }
      const of = (inputs: typeof plain) => (logprobs: Tensor) =>
        reduceSum(nashMdLoss({ ...inputs, logprobs }, { convention }).losses)
      expect(of(padded)(padded.logprobs).item()).toBeCloseTo(of(plain)(plain.logprobs).item(), 12)
      const slopes = [
        grad(of(plain))<Tensor>(plain.logprobs).data,
        grad(of(padded))<Tensor>(padded.logprobs).data,
      ] as const
      expect(Array.from(slopes[1])).toEqual([0, ...slopes[0], 0])
    },
  )

  it('where infinite log-probabilities meet, an error names them', () => {
    const inputs = { logprobs: [[-inf]], refLogprobs: [[-inf]], preference: [1] }
    expect(() => nashMdLoss(inputs)).toThrow(/nashMdLoss: loss 0 is ∞ − ∞ .* logprobs and refLogprobs/)
  })
})

describe('xpoLoss', () => {
  const pair = {
    chosenLogprobs: f64(-1, -2),
    rejectedLogprobs: f64(-3, -0.5),
    refChosenLogprobs: f64(-2, -2),
    refRejectedLogprobs: f64(-1, -1),
  }

  it('is DPO plus α times the log-probability of the completion that is not the own one', () => {
    const options = { beta: 0.4, alpha: 0.25 }
    const { losses } = xpoLoss({ ...pair, policyChosen: [1, 0] }, options)
    const dpo = dpoLoss(pair, { beta: 0.4 }).losses.data
    expect(losses.data[0]).toBeCloseTo(dpo[0]! + 0.25 * -3, 12)
    expect(losses.data[1]).toBeCloseTo(dpo[1]! + 0.25 * -2, 12)
    expect(xpoLoss({ ...pair, policyChosen: [1, 0] }, { beta: 0.4, alpha: 0 }).losses.data).toEqual(dpo)
  })

  it('who drew which completion decides the optimism, and nothing else', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), (own, alpha) => {
        const policyChosen = [+own, +!own]
        const { metrics } = xpoLoss({ ...pair, policyChosen }, { alpha })
        const flipped = xpoLoss({ ...pair, policyChosen: [+!own, +own] }, { alpha })
        expect(metrics['loss/xpo'].item() + flipped.metrics['loss/xpo'].item()).toBeCloseTo(
          (alpha * (-1 - 3 - 2 - 0.5)) / 2,
          10,
        )
        expect(metrics['loss/dpo'].item()).toBe(flipped.metrics['loss/dpo'].item())
      }),
    )
  })

  it('an impossible completion of the reference policy meets the loss of DPO: an error names it', () => {
    const inputs = { chosenLogprobs: f64(-inf), rejectedLogprobs: f64(-1), policyChosen: [0] }
    expect(() => xpoLoss(inputs)).toThrow(/xpoLoss: loss 0 is ∞ − ∞ .* chosenLogprobs/)
  })
})

describe('tpoLoss', () => {
  const pair = { chosenLogprobs: matrix([-1, -2]), rejectedLogprobs: matrix([-3, -1]) }
  const gold = { goldLogprobs: matrix([-0.5, -1.5, 9]), goldMask: [[1, 1, 0]] }

  it('is CPO with the likelihood of a third completion', () => {
    const { losses, metrics } = tpoLoss({ ...pair, ...gold }, { beta: 0.1 })
    const { losses: cpo } = tpoLoss(pair, { beta: 0.1, nllWeight: 0 })
    expect(losses.item()).toBeCloseTo(cpo.item() + 1, 12)
    expect(cpo.item()).toBeCloseTo(log1p(exp(tensor(f64(-0.1)))).item(), 12)
    expect(metrics.nll_loss.item()).toBeCloseTo(1, 12)
  })

  it('tpo-l is SimPO of the pair', () => {
    const { losses } = tpoLoss(pair, { lossType: 'tpo-l', beta: 2, gamma: 0.6, nllWeight: 0 })
    expect(losses.item()).toBeCloseTo(simPoLoss(pair, { beta: 2, gamma: 0.6 }).losses.item(), 12)
  })

  it('padding of the gold completion has no gradient, and one without tokens costs nothing', () => {
    const total = (goldLogprobs: Tensor) => reduceSum(tpoLoss({ ...pair, ...gold, goldLogprobs }).losses)
    const padded = matrix([-0.5, -1.5, Number.NaN])
    expect(Array.from(grad(total)<Tensor>(padded).data)).toEqual([-0.5, -0.5, 0])
    const empty = tpoLoss({ ...pair, ...gold, goldMask: [[0, 0, 0]] })
    expect(empty.losses.item()).toBe(tpoLoss(pair, { nllWeight: 0 }).losses.item())
  })
})

describe('aStarPoLoss', () => {
  it('is 0, and flat, where the implicit reward is the optimal advantage', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 0, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (refLogprob, advantage) => {
          const beta = 0.5
          const total = (logprobs: Tensor) =>
            reduceSum(
              aStarPoLoss({ logprobs, refLogprobs: f64(refLogprob), advantages: f64(advantage) }, { beta })
                .losses,
            )
          const best = tensor(f64(refLogprob + advantage / beta))
          expect(total(best).item()).toBeCloseTo(0, 20)
          expect(grad(total)<Tensor>(best).item()).toBeCloseTo(0, 10)
        },
      ),
    )
  })

  it('masks tokens, and names infinities that meet', () => {
    const padded = {
      logprobs: [[-1, Number.NaN]],
      refLogprobs: [[-3, inf]],
      mask: [[1, 0]],
      advantages: [0.5],
    }
    expect(aStarPoLoss(padded, { beta: 1 }).losses.item()).toBeCloseTo(2.25, 6)
    expect(() => aStarPoLoss({ logprobs: [-inf], refLogprobs: [-1], advantages: [-inf] })).toThrow(
      /aStarPoLoss: loss 0 is ∞ − ∞ .* logprobs and advantages/,
    )
  })
})

describe('ktoLoss, as HALOs has it', () => {
  it('leaves empty mismatched completions out of the divergence', () => {
    const given = { logprobs: f64(-1), desirable: [1] }
    const kl = { klLogprobs: f64(-1, 0, -2), refKlLogprobs: f64(-2, 0, -4) }
    const divergence = (convention: Convention<'ktoLoss'>) =>
      ktoLoss({ ...given, ...kl }, { convention }).metrics.kl.item()
    expect([divergence('trl'), divergence('halos')]).toEqual([1, 1.5])
    const none = { klLogprobs: f64(0), refKlLogprobs: f64(0) }
    expect(ktoLoss({ ...given, ...none }, { convention: 'halos' }).metrics.kl.item()).toBe(0)
  })
})

describe('inside jit, with a batch of any size', () => {
  type Step = (a: Tensor, b: Tensor, scores: Tensor) => Tensor
  const steps: Record<string, Step> = {
    nashMdLoss: (logprobs, refLogprobs, preference) =>
      nashMdLoss({ logprobs, refLogprobs, preference }).losses,
    xpoLoss: (chosenLogprobs, rejectedLogprobs, policyChosen) =>
      xpoLoss({ chosenLogprobs, rejectedLogprobs, policyChosen }).losses,
    tpoLoss: (chosenLogprobs, rejectedLogprobs, _) =>
      tpoLoss({ chosenLogprobs, rejectedLogprobs, goldLogprobs: chosenLogprobs }).losses,
    aStarPoLoss: (logprobs, refLogprobs, advantages) =>
      aStarPoLoss({ logprobs, refLogprobs, advantages }).losses,
  }
  it.each(Object.entries(steps))('%s', async (_, loss) => {
    const step = jit(loss, { backend: 'reference', symbolicDims: [['B'], ['B'], ['B']] })
    for (const size of [1, 3]) {
      const of = (value: number) => tensor(new Float32Array(size * 2).fill(value), { shape: [size, 2] })
      const inputs = [of(-1), of(-0.5), tensor(new Float32Array(size).fill(1))] as const
      expect((await step(...inputs)).toArray()).toEqual(loss(...inputs).toArray())
    }
  })
})

describe('bad input', () => {
  const pair = { chosenLogprobs: [[-1]], rejectedLogprobs: [[-2]] }
  const own = { logprobs: [[-1]], refLogprobs: [[-1]] }
  it.each([
    ['β below 0', () => nashMdLoss({ ...own, preference: [1] }, { beta: -1 }), /beta: .* got -1/],
    [
      'preferences of another shape',
      () => nashMdLoss({ ...own, preference: [[1]] }),
      /preference must be \[1\], got \[1,1\]/,
    ],
    [
      'sums for Nash-MD',
      () => nashMdLoss({ logprobs: [-1], refLogprobs: [-1], preference: [1] }),
      /\[B, T\]/,
    ],
    ['α below 0', () => xpoLoss({ ...pair, policyChosen: [1] }, { alpha: -1 }), /alpha: .* got -1/],
    [
      'a loss that XPO has not',
      () => xpoLoss({ ...pair, policyChosen: [1] }, { lossType: 'hinge' as never }),
      /lossType: expected one of sigmoid, ipo/,
    ],
    ['no choice', () => xpoLoss({ ...pair, policyChosen: [1, 0] }), /policyChosen must be \[1\]/],
    [
      'an input misspelt for nashMdLoss',
      () => nashMdLoss({ ...own, masks: 1 } as never),
      /nashMdLoss: no input masks/,
    ],
    ['for xpoLoss', () => xpoLoss({ ...pair, masks: 1 } as never), /xpoLoss: no input masks/],
    ['for tpoLoss', () => tpoLoss({ ...pair, masks: 1 } as never), /tpoLoss: no input masks/],
    ['for aStarPoLoss', () => aStarPoLoss({ ...own, masks: 1 } as never), /aStarPoLoss: no input masks/],
    [
      'a preference beyond 1',
      () => nashMdLoss({ ...own, preference: [1.5] }),
      /nashMdLoss: preference: .* got 1.5/,
    ],
    ['no gold', () => tpoLoss(pair), /nllWeight needs goldLogprobs/],
    ['gold of other prompts', () => tpoLoss({ ...pair, goldLogprobs: [[-1], [-1]] }), /goldLogprobs, summed/],
    [
      'a margin of no effect',
      () => tpoLoss(pair, { gamma: 1 }),
      /tpoLoss: gamma: has no effect here, expected lossType: 'tpo-l'/,
    ],
    ['smoothed hinge', () => tpoLoss(pair, { lossType: 'hinge', labelSmoothing: 0.1 }), /labelSmoothing/],
    ['an option misspelt', () => tpoLoss(pair, { nllweight: 0 } as never), /tpoLoss: .*nllweight/],
    ['advantages of tokens', () => aStarPoLoss({ ...own, advantages: [[1]] }), /advantages must be \[1\]/],
    ['no completions', () => nashMdLoss({ logprobs: [], refLogprobs: [], preference: [] }), /nashMdLoss/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
