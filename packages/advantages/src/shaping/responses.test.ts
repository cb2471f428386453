import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectClose, readGoldens } from '../goldens/load-goldens'
import {
  clipRewards,
  cosineLengthRewards,
  flashReinforceAdvantages,
  groupRelativeAdvantages,
  klPenalizedRewards,
  missingEosRewards,
  optimalAdvantages,
  overlongPenalties,
  type PfPpoMethod,
  pfPpoSample,
  pfPpoWeights,
  repetitionPenalties,
  rlooAdvantages,
  sequenceKlPenalizedRewards,
} from '../index'

type Matrix = number[][]

interface Values {
  minValueWrong: number
  maxValueWrong: number
  minValueCorrect: number
  maxValueCorrect: number
}

const goldens = readGoldens<{
  lengths: { lengths: number[]; cases: (Values & { correct: number[]; wrong: number[] })[] }
  repetitions: {
    tokens: Matrix
    cases: { ngramSize: number; maxPenalty: number; penalties: number[] }[]
  }
  missingEos: { rewards: number[]; ended: boolean[]; penalty: number; penalized: number[] }
  sequenceKl: {
    name: string
    rewards: number[]
    logprobs: Matrix
    refLogprobs: Matrix
    mask: Matrix
    beta: number
    kl: number[]
    penalized: number[]
  }[]
  optimal: { name: string; beta: number; rewards: number[]; referenceRewards: Matrix; advantages: number[] }[]
  clipped: {
    rewards: number[]
    size: number
    low: number
    high: number
    flash: number[]
    flashClipped: number[]
    rlooClipped: number[]
    drGrpoClipped: number[]
  }
  pfPpo: { method: PfPpoMethod; power: number; scores: number[]; uniforms: number[]; drawn: number[] }[]
}>('responses')

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('cosineLengthRewards', () => {
  const { lengths, cases } = goldens.lengths
  it.each(cases)('against TRL, $minValueWrong to $maxValueCorrect', ({ correct, wrong, ...values }) => {
    const options = { maxLength: 100, ...values }
    const [all, none] = [lengths.map(() => true), lengths.map(() => 0)]
    expectClose([cosineLengthRewards(lengths, all, options)], [correct])
    expectClose([cosineLengthRewards(lengths, none, options)], [wrong])
  })

  it('counts as published elsewhere', () => {
    const rewards = cosineLengthRewards([25, 75, 50, 50], [1, 1, 1, 0], { maxLength: 100 })
    expect(rewards.map((x) => Number(x.toFixed(5)))).toEqual([0.92678, 0.57322, 0.75, -0.75])
    expect(overlongPenalties([90], { maxLength: 100, band: 20 })).toEqual([-0.5])
  })

  it('a shorter response is never worse when correct, nor better when wrong', () => {
    const length = fc.nat(300)
    fc.assert(
      fc.property(length, length, (a, b) => {
        const [short, long] = [Math.min(a, b), Math.max(a, b)]
        const options = { maxLength: 200 }
        const [best, worst] = cosineLengthRewards([short, long], [1, 1], options)
        expect(best).toBeGreaterThanOrEqual(worst!)
        const [low, high] = cosineLengthRewards([short, long], [0, 0], options)
        expect(low).toBeLessThanOrEqual(high!)
      }),
    )
  })

  it('refuses what has no sense', () => {
    const options = { maxLength: 10 }
    expect(() => cosineLengthRewards([1.5], [1], options)).toThrow(
      refusing('OUT_OF_RANGE', '1.5 for response 0'),
    )
    expect(() => cosineLengthRewards([Infinity], [1], options)).toThrow(refusing('NOT_FINITE', 'lengths[0]'))
    expect(() => cosineLengthRewards([1], [], options)).toThrow(refusing('SHAPE_MISMATCH', 'correct'))
    expect(() => cosineLengthRewards([1], [1], { maxLength: 0 })).toThrow(
      refusing('OUT_OF_RANGE', 'maxLength'),
    )
    const swapped = { maxLength: 10, minValueWrong: 0 }
    expect(() => cosineLengthRewards([1], [1], swapped)).toThrow(
      refusing('OUT_OF_RANGE', 'maxValueWrong is -0.5; expected a finite number of at least 0'),
    )
    expect(() => cosineLengthRewards([1], [1], { ...options, minWrong: 0 } as typeof options)).toThrow(
      refusing('INVALID_OPTION', 'no minWrong'),
    )
  })
})

describe('repetitionPenalties', () => {
  const { tokens, cases } = goldens.repetitions
  it.each(cases)('against TRL, n $ngramSize, p $maxPenalty', ({ penalties, ...options }) => {
    expectClose([repetitionPenalties(tokens, options)], [penalties])
    const ids = tokens.map((row) => Int32Array.from(row))
    expect(repetitionPenalties(ids, options)).toEqual(repetitionPenalties(tokens, options))
  })

  it('padding changes nothing, nor do the tokens of others in between', () => {
    const row = fc.array(fc.nat(3), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), fc.array(fc.nat(9), { maxLength: 5 }), (rows, others) => {
        const padded = rows.map((ids) => [...others, ...ids, ...others])
        const mask = rows.map((ids) => [...others.map(() => 0), ...ids.map(() => 1), ...others.map(() => 0)])
        expect(repetitionPenalties(padded, { mask })).toEqual(repetitionPenalties(rows))
      }),
    )
    const between = repetitionPenalties([[1, 2, 99, 1, 2]], { ngramSize: 2, mask: [[1, 1, 0, 1, 1]] })
    expect(between[0]).toBeCloseTo(-1 / 3, 15)
  })

  it('what is not repeated costs 0, and not −0', () => {
    expect(repetitionPenalties([[1, 2, 3, 4], [], [1]])).toEqual([0, 0, 0])
    expect(repetitionPenalties([[1, 1, 1, 1]], { maxPenalty: 0 })).toEqual([0])
    expect(
      repetitionPenalties({ data: new Int32Array([5, 5, 5, 1, 2, 3]), shape: [2, 3] }, { ngramSize: 1 }),
    ).toEqual([1 / 3 - 1, 0])
  })

  it('tokens of several digits are not confused', () => {
    expect(repetitionPenalties([[1, 11, 11, 1]], { ngramSize: 2 })).toEqual([0])
  })

  it('refuses what has no sense', () => {
    expect(() => repetitionPenalties([[1]], { ngramSize: 0 })).toThrow(
      refusing('OUT_OF_RANGE', 'ngramSize is 0'),
    )
    expect(() => repetitionPenalties([[1]], { maxPenalty: 1 })).toThrow(
      refusing('OUT_OF_RANGE', 'maxPenalty is 1'),
    )
    expect(() => repetitionPenalties([[1, Number.NaN]])).toThrow(
      refusing('NOT_FINITE', 'tokens[0][1] is NaN'),
    )
    const text = [['a']] as unknown as Matrix
    expect(() => repetitionPenalties(text)).toThrow(refusing('NOT_FINITE', 'the string "a"'))
  })
})

describe('missingEosRewards', () => {
  it('against TRL', () => {
    const { rewards, ended, penalty, penalized } = goldens.missingEos
    expect(new Set(ended).size).toBe(2)
    expectClose([missingEosRewards(rewards, ended, { penalty })], [penalized])
  })

  it('refuses what has no sense', () => {
    expect(() => missingEosRewards([1], [true], { penalty: -1 })).toThrow(
      refusing('OUT_OF_RANGE', 'penalty is -1'),
    )
    expect(() => missingEosRewards([Infinity], [true], { penalty: 1 })).toThrow(
      refusing('NOT_FINITE', 'rewards[0]'),
    )
    expect(() => missingEosRewards([1], [], { penalty: 1 })).toThrow(refusing('SHAPE_MISMATCH', 'ended'))
  })
})

describe('sequenceKlPenalizedRewards', () => {
  it.each(goldens.sequenceKl.map((row) => [row.name, row] as const))('against TRL, %s', (_, row) => {
    const { beta, kl, penalized, name, ...input } = row
    const got = sequenceKlPenalizedRewards(input, { beta })
    expectClose([got.kl], [kl])
    expectClose([got.rewards], [penalized])
  })

  it('is the sum of what the tokens get', () => {
    const { rewards, logprobs, refLogprobs, mask } = goldens.sequenceKl[0]!
    const input = { rewards, logprobs, refLogprobs, mask }
    for (const estimator of ['k1', 'abs', 'k2', 'k3'] as const) {
      const sequences = sequenceKlPenalizedRewards(input, { estimator, beta: 0.7 })
      const tokens = klPenalizedRewards(input, { estimator, beta: 0.7, convention: 'trl' })
      const sums = tokens.rewards.map((rewards) => rewards.reduce((a, b) => a + b, 0))
      expectClose([sequences.rewards], [sums])
    }
  })

  it('never reads what is masked', () => {
    const junk = { logprobs: [[-1, Number.NaN]], refLogprobs: [[-2, -Infinity]] }
    const beta = { beta: 0.5 }
    const got = sequenceKlPenalizedRewards({ rewards: new Float32Array([3]), ...junk, mask: [[1, 0]] }, beta)
    expect(got).toEqual({ rewards: new Float32Array([2.5]), kl: new Float32Array([1]) })
    expect(sequenceKlPenalizedRewards({ rewards: [3], ...junk, mask: [[0, 0]] }, beta).rewards).toEqual([3])
    expect(() => sequenceKlPenalizedRewards({ rewards: [3], ...junk })).toThrow(
      refusing('NOT_FINITE', 'logprobs[0][1]'),
    )
    const huge = { rewards: [0], logprobs: [[-1000]], refLogprobs: [[0]] }
    expect(() => sequenceKlPenalizedRewards(huge, { estimator: 'k3' })).toThrow(
      refusing('OVERFLOW', 'result[0]'),
    )
    expect(() => sequenceKlPenalizedRewards({ ...huge, rewards: [] })).toThrow(
      refusing('SHAPE_MISMATCH', 'rewards'),
    )
  })
})

describe('optimalAdvantages', () => {
  it.each(goldens.optimal.map((row) => [row.name, row] as const))('against TRL, %s', (_, row) => {
    const { beta, rewards, referenceRewards } = row
    expectClose([optimalAdvantages(rewards, referenceRewards, { beta })], [row.advantages])
  })

  it('V* lies between the mean and the best, which β tends to', () => {
    const reference = [[0, 1, 1, 4]]
    expect(-optimalAdvantages([0], reference, { beta: 1e-3 })[0]!).toBeCloseTo(4, 2)
    expect(-optimalAdvantages([0], reference, { beta: 1e6 })[0]!).toBeCloseTo(1.5, 5)
    expect(optimalAdvantages([2], [[2, 2, 2]])).toEqual([0])
    expect(optimalAdvantages([], [])).toEqual([])
  })

  it('refuses what has no sense', () => {
    expect(() => optimalAdvantages([1], [[]])).toThrow(refusing('TOO_FEW', 'referenceRewards[0] is empty'))
    expect(() => optimalAdvantages([1], [[1]], { beta: 0 })).toThrow(refusing('OUT_OF_RANGE', 'beta is 0'))
    expect(() => optimalAdvantages([1], [[Infinity]])).toThrow(
      refusing('NOT_FINITE', 'referenceRewards[0][0]'),
    )
    expect(() => optimalAdvantages([1, 2], [[1]])).toThrow(refusing('SHAPE_MISMATCH', 'rewards'))
  })
})

describe('FlashREINFORCE, and clipping after the baseline', () => {
  const { rewards, size: groups, low, high, ...want } = goldens.clipped
  const clip = (advantages: number[]) => clipRewards(advantages, { low, high })
  it('against OpenRLHF', () => {
    expectClose([flashReinforceAdvantages(rewards)], [want.flash])
    expectClose([clip(flashReinforceAdvantages(rewards))], [want.flashClipped])
    expectClose([clip(rlooAdvantages(rewards, { groups }))], [want.rlooClipped])
    expectClose([clip(groupRelativeAdvantages(rewards, { groups, scale: 'none' }))], [want.drGrpoClipped])
    expect(want.flashClipped).not.toEqual(want.flash)
  })

  it('equal rewards give exactly 0, and no rewards none', () => {
    expect(flashReinforceAdvantages([[0.1], [0.1, 0.1]])).toEqual([[0], [0, 0]])
    expect(flashReinforceAdvantages([])).toEqual([])
    expect(() => flashReinforceAdvantages([1, Number.NaN])).toThrow(refusing('NOT_FINITE', 'rewards[1]'))
  })
})

describe('pfPpoSample', () => {
  it.each(goldens.pfPpo)(
    'against verl, $method of $scores.length',
    ({ scores, uniforms, drawn, ...options }) => {
      expect(pfPpoSample(scores, uniforms, options)).toEqual(drawn)
    },
  )

  it('draws by weight, and only what is there', () => {
    const scores = [0, 1, -3]
    const count = 4000
    const evenly = Array.from({ length: count }, (_, i) => (i + 0.5) / count)
    const drawn = pfPpoSample(scores, evenly, { method: 'pow', power: 1 })
    const weights = pfPpoWeights(scores, { method: 'pow', power: 1 })
    const total = weights.reduce((a, b) => a + b)
    weights.forEach((weight, i) => {
      const share = drawn.filter((place) => place === i).length / count
      expect(Math.abs(share - weight / total)).toBeLessThan(1 / count)
    })
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 9 }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 9 }),
        (given, uniforms) => {
          for (const place of pfPpoSample(given, uniforms)) expect(given[place]).toBeDefined()
        },
      ),
    )
  })

  it('refuses what has no sense', () => {
    expect(pfPpoSample([], [])).toEqual([])
    expect(() => pfPpoSample([], [0.5])).toThrow(refusing('TOO_FEW', 'to draw 1 from'))
    expect(() => pfPpoSample([1], [1])).toThrow(refusing('OUT_OF_RANGE', 'uniforms[0] is 1'))
    expect(() => pfPpoSample([1], [Number.NaN])).toThrow(refusing('NOT_FINITE', 'uniforms[0]'))
    expect(() => pfPpoSample([1e154, 1e154, 1e154], [0])).toThrow(
      refusing('OVERFLOW', 'the sum of the weights'),
    )
    expect(() => pfPpoSample([1e200], [0])).toThrow(refusing('OVERFLOW', 'Infinity'))
  })
})
