import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import {
  gpgAdvantages,
  groupRelativeAdvantages,
  maxRlAdvantages,
  opoAdvantages,
  passAtKAdvantages,
  reinforcePlusPlusBaselineAdvantages,
  remaxAdvantages,
  rlooAdvantages,
  tokenAdvantages,
} from '../index'

type Matrix = number[][]

interface Ragged extends GoldenRow {
  name: string
  groups: number[]
  rewards: number[]
  tokenRewards: Matrix
  mask: Matrix
  greedy: number[]
  pairedRewards: number[]
  pairedGroups: number[]
  pairedMask: Matrix
  passAtK: { true: Matrix; false: Matrix }
  grpo: Matrix
  grpoVectorized: Matrix
  drGrpo: Matrix
  rloo: Matrix
  rlooVectorized: Matrix
  opo: Matrix
  gpg: Matrix
  baseline: Matrix
  remax: Matrix
  reinforce: Record<string, Matrix>
}

interface EvenRow extends GoldenRow {
  name: string
  size: number
  rewards: number[]
}

interface ByTrl extends EvenRow {
  convention: 'trl'
  grpo: Record<Scale, number[]>
  rloo: { true: number[]; false: number[] }
  /** The rewards with gaps, and the advantages of those. */
  missing: (number | null)[]
  grpoMissing: Record<Scale, number[]>
  rlooMissing: number[]
}

interface ByOpenRlhf extends EvenRow {
  convention: 'openrlhf'
  tokenRewards: Matrix
  mask: Matrix
  group_norm?: Matrix
  rloo?: Matrix
  dr_grpo: Matrix
  reinforce_baseline: Matrix
  reinforce: Matrix
}

type Scale = 'group' | 'batch' | 'none'
const scales = ['group', 'batch', 'none'] as const

const goldens = readGoldens<{ ragged: Ragged[]; even: (ByTrl | ByOpenRlhf)[] }>('groups')
/** Numbers around 10⁶ are rounded to 10⁻¹⁰, and so are their differences. */
const slackOf = (name: string) => (name.startsWith('offset') ? 1e-9 : 0)
const lengthsOf = (mask: Matrix) => mask.map((row) => row.reduce((a, b) => a + b, 0))

describe('against verl, ragged groups in any order', () => {
  it.each(goldens.ragged.map((row) => [row.name, row] as const))('%s', (_, row) =>
    evidenceFor(row.functions, (given) => {
      const { groupRelativeAdvantages, rlooAdvantages, opoAdvantages, gpgAdvantages, passAtKAdvantages } =
        given
      const { reinforcePlusPlusAdvantages, reinforcePlusPlusBaselineAdvantages, remaxAdvantages } = given
      const { rewards, groups, mask } = row
      const lengths = lengthsOf(mask)
      const expectTokens = (got: number[], want: Matrix) =>
        expectClose(tokenAdvantages(got, mask), want, slackOf(row.name))
      const verl = { groups, convention: 'verl' } as const
      expectTokens(groupRelativeAdvantages(rewards, verl), row.grpo)
      expectTokens(groupRelativeAdvantages(rewards, verl), row.grpoVectorized)
      expectTokens(groupRelativeAdvantages(rewards, { ...verl, scale: 'none' }), row.drGrpo)
      expectTokens(rlooAdvantages(rewards, verl), row.rloo)
      expectTokens(rlooAdvantages(rewards, { groups, convention: 'verl-vectorized' }), row.rlooVectorized)
      expectTokens(opoAdvantages(rewards, lengths, { groups }), row.opo)
      expectTokens(gpgAdvantages(rewards, { groups }), row.gpg)
      expectTokens(reinforcePlusPlusBaselineAdvantages(rewards, lengths, verl), row.baseline)
      for (const scale of [true, false] as const) {
        const got = passAtKAdvantages(row.pairedRewards, { groups: row.pairedGroups, scale })
        expectClose(tokenAdvantages(got, row.pairedMask), row.passAtK[`${scale}`], slackOf(row.name))
      }
      const tokens = { rewards: row.tokenRewards, mask }
      expectClose(
        remaxAdvantages({ ...tokens, greedyRewards: row.greedy }).advantages,
        row.remax,
        slackOf(row.name),
      )
      for (const [gamma, want] of Object.entries(row.reinforce)) {
        expectClose(
          reinforcePlusPlusAdvantages(tokens, { gamma: Number(gamma), convention: 'verl' }).advantages,
          want,
          slackOf(row.name),
        )
      }
    }),
  )
})

const byTrl = goldens.even.filter((row) => row.convention === 'trl')
const byOpenRlhf = goldens.even.filter((row) => row.convention === 'openrlhf')

describe('against TRL, groups of one size', () => {
  it.each(byTrl.map((row) => [row.name, row] as const))('%s', (_, row) =>
    evidenceFor(row.functions, ({ groupRelativeAdvantages, rlooAdvantages }) => {
      const { rewards, size: groups } = row
      const slack = slackOf(row.name)
      const missing = row.missing.map((reward) => reward ?? Number.NaN)
      for (const scale of scales) {
        expectClose([groupRelativeAdvantages(rewards, { groups, scale })], [row.grpo[scale]], slack)
        const excluded = groupRelativeAdvantages(missing, { groups, scale, missing: 'exclude' })
        expectClose([excluded], [row.grpoMissing[scale]], slack)
      }
      expectClose([rlooAdvantages(rewards, { groups })], [row.rloo.false], slack)
      expectClose([rlooAdvantages(rewards, { groups, normalize: true })], [row.rloo.true], slack)
      expectClose([rlooAdvantages(missing, { groups, missing: 'exclude' })], [row.rlooMissing], slack)
    }),
  )
})

describe('against OpenRLHF, groups of one size', () => {
  it.each(byOpenRlhf.map((row) => [row.name, row] as const))('%s', (_, row) =>
    evidenceFor(row.functions, (given) => {
      const { groupRelativeAdvantages, rlooAdvantages, discountedReturns, whiten } = given
      const { reinforcePlusPlusAdvantages, reinforcePlusPlusBaselineAdvantages } = given
      const { rewards, mask, size: groups, convention } = row
      const slack = slackOf(row.name)
      const expectTokens = (got: number[], want: Matrix | undefined) => {
        if (want) expectClose(tokenAdvantages(got, mask), want, slack)
      }
      expectTokens(groupRelativeAdvantages(rewards, { groups, convention }), row.group_norm)
      expectTokens(rlooAdvantages(rewards, { groups, convention }), row.rloo)
      expectTokens(groupRelativeAdvantages(rewards, { groups, convention, scale: 'none' }), row.dr_grpo)
      const baseline = reinforcePlusPlusBaselineAdvantages(rewards, lengthsOf(mask), { groups, convention })
      expectTokens(baseline, row.reinforce_baseline)
      const tokens = { rewards: row.tokenRewards, mask }
      const how = { gamma: 0.9, convention } as const
      expectClose(reinforcePlusPlusAdvantages(tokens, how).advantages, row.reinforce, slack)
      expectClose(whiten(discountedReturns(tokens, how), { mask, convention }), row.reinforce, slack)
    }),
  )

  it('is the same as TRL for RLOO, and so is the vectorised RLOO of verl', () => {
    for (const { rewards, size: groups } of goldens.even) {
      const [trl, ...same] = (['trl', 'openrlhf', 'verl-vectorized'] as const).map((convention) =>
        rlooAdvantages(rewards, { groups, convention }),
      )
      for (const advantages of same) expect(advantages).toEqual(trl)
    }
  })
})

it('gives published numbers', () => {
  const rewards = [1, 0, 0.5, 1]
  const rounded = (advantages: number[]) => advantages.map((x) => Number(x.toFixed(6)))
  expect(rounded(groupRelativeAdvantages([rewards], { convention: 'verl' })[0]!)).toEqual([
    0.783348, -1.30558, -0.261116, 0.783348,
  ])
  expect(rounded(groupRelativeAdvantages([rewards])[0]!)).toEqual([0.783186, -1.30531, -0.261062, 0.783186])
  expect(rounded(rlooAdvantages([rewards])[0]!)).toEqual([0.5, -0.833333, -0.166667, 0.5])
  expect(rounded(opoAdvantages([rewards], [[2, 4, 6, 8]])[0]!)).toEqual([0.35, -0.65, -0.15, 0.35])
})

const reward = fc.double({ min: -100, max: 100, noNaN: true })
const group = fc.array(reward, { minLength: 1, maxLength: 6 })
const batch = fc.array(group, { maxLength: 5 })
const near = (got: number[][], want: number[][], tolerance: number) => {
  got.forEach((row, i) => {
    row.forEach((value, j) => {
      expect(Math.abs(value - want[i]![j]!)).toBeLessThanOrEqual(tolerance)
    })
  })
}

/** Every estimator of one number for each response, with lengths where it needs them. */
const estimators = {
  groupRelative: (rewards: Matrix) => groupRelativeAdvantages(rewards),
  drGrpo: (rewards: Matrix) => groupRelativeAdvantages(rewards, { scale: 'none', convention: 'verl' }),
  rloo: (rewards: Matrix) => rlooAdvantages(rewards),
  opo: (rewards: Matrix) =>
    opoAdvantages(
      rewards,
      rewards.map((row) => row.map((_, i) => i + 1)),
    ),
  passAtK: (rewards: Matrix) => passAtKAdvantages(rewards.map((row) => [...row, -200])),
  maxRl: (rewards: Matrix) => maxRlAdvantages(rewards.map((row) => row.map(Math.abs))),
  halos: (rewards: Matrix) => groupRelativeAdvantages(rewards, { convention: 'halos' }),
}

describe('properties', () => {
  it.each(Object.entries(estimators))('%s: a batch is its groups, one by one', (_, estimate) => {
    fc.assert(
      fc.property(batch, (rewards) => {
        estimate(rewards).forEach((row, i) => {
          expect(row).toEqual(estimate([rewards[i]!])[0])
        })
      }),
    )
  })

  it('labels, sizes and rows are equivalent', () => {
    fc.assert(
      fc.property(batch, fc.boolean(), (rewards, reversed) => {
        const places = rewards.flatMap((row, g) => row.map((_, i) => [g, i] as const))
        if (reversed) places.reverse()
        const wanted = groupRelativeAdvantages(reversed ? rewards.map((row) => row.toReversed()) : rewards)
        const backwards = wanted.map((row) => row.toReversed())
        const flat = places.map(([g, i]) => rewards[g]![i]!)
        const groups = places.map(([g]) => `prompt ${g}`)
        const got = groupRelativeAdvantages(new Float64Array(flat), { groups })
        expect([...got]).toEqual(places.map(([g, i]) => (reversed ? backwards : wanted)[g]![i]!))
      }),
    )
    expect(groupRelativeAdvantages([1, 2, 5, 9], { groups: 2 })).toEqual(
      groupRelativeAdvantages([1, 2, 5, 9], { groups: [7, 7, 8, 8] }),
    )
  })

  it('a shift of all rewards of a group changes nothing, nor does their scale except through ε', () => {
    fc.assert(
      fc.property(batch, reward, (rewards, shift) => {
        const moved = rewards.map((row) => row.map((x) => x + shift))
        for (const estimate of [estimators.rloo, estimators.opo]) {
          const several = rewards.map((row) => (row.length > 1 ? row : [0, ...row]))
          const shifted = several.map((row) => row.map((x) => x + shift))
          near(estimate(shifted), estimate(several), 1e-11)
        }
        near(
          groupRelativeAdvantages(moved, { scale: 'none' }),
          groupRelativeAdvantages(rewards, { scale: 'none' }),
          1e-11,
        )
        const scaled = rewards.map((row) => row.map((x) => 8 * x))
        const eight = groupRelativeAdvantages(scaled, { epsilon: 8e-4 })
        near(eight, groupRelativeAdvantages(rewards), 1e-12)
      }),
    )
  })

  it('groups sum to 0, with OPO when weighted by length', () => {
    fc.assert(
      fc.property(batch, (rewards) => {
        for (const name of ['drGrpo', 'rloo', 'opo'] as const) {
          for (const row of estimators[name](rewards)) {
            if (row.length === 1) continue
            const sum = row.reduce((a, x, i) => a + x * (name === 'opo' ? i + 1 : 1), 0)
            expect(Math.abs(sum)).toBeLessThan(1e-10)
          }
        }
      }),
    )
  })

  it('equal rewards give exactly 0, however they round', () => {
    fc.assert(
      fc.property(reward, fc.integer({ min: 2, max: 9 }), (value, n) => {
        const rewards = [Array.from({ length: n }, () => value)]
        const zeros = [Array.from({ length: n }, () => 0)]
        for (const epsilon of [0, 1e-9]) expect(groupRelativeAdvantages(rewards, { epsilon })).toEqual(zeros)
        expect(rlooAdvantages(rewards)).toEqual(zeros)
        expect(passAtKAdvantages(rewards, { epsilon: 0 })).toEqual(zeros)
        expect(gpgAdvantages(rewards)).toEqual(zeros)
      }),
    )
  })
})

describe('edges', () => {
  it('groups of one follow their convention, or the option', () => {
    expect(groupRelativeAdvantages([[3]])).toEqual([[0]])
    expect(groupRelativeAdvantages([[3]], { convention: 'openrlhf' })).toEqual([[0]])
    expect(groupRelativeAdvantages([[3]], { convention: 'verl' })).toEqual([[3 / (1 + 1e-6)]])
    expect(groupRelativeAdvantages([[3]], { convention: 'verl', singletons: 'zero' })).toEqual([[0]])
    expect(rlooAdvantages([[3]])).toEqual([[0]])
    expect(rlooAdvantages([[3]], { singletons: 'keep' })).toEqual([[3]])
    expect(opoAdvantages([[3]], [[0]])).toEqual([[3]])
    expect(opoAdvantages([[3]], [[5]], { singletons: 'zero' })).toEqual([[0]])
    expect(gpgAdvantages([[3]], { norm: 2 })).toEqual([[1.5]])
    const alone = { code: 'TOO_FEW', parameter: 'groups' }
    expect(() => passAtKAdvantages([[3]])).toThrow(expect.objectContaining(alone))
  })

  it('responses without tokens do not count where tokens are counted', () => {
    const [with0, without] = [
      reinforcePlusPlusBaselineAdvantages([[1, 0, 7]], [[2, 3, 0]], { convention: 'verl' }),
      reinforcePlusPlusBaselineAdvantages([[1, 0, 7]], [[4, 6, 0]], { convention: 'openrlhf' }),
    ]
    expect([with0[0]![2], without[0]![2]]).toEqual([0, 0])
    expect(opoAdvantages([[1, 0, 7]], [[2, 2, 0]])[0]!.slice(0, 2)).toEqual([0.5, -0.5])
    expect(opoAdvantages([[1, 0]], [[0, 0]])).toEqual([[0, 0]])
    const none = {
      code: 'TOO_FEW',
      parameter: 'lengths',
      message: expect.stringContaining('lengths sum to 0 tokens'),
    }
    expect(() => reinforcePlusPlusBaselineAdvantages([[1, 0]], [[0, 0]])).toThrow(
      expect.objectContaining(none),
    )
  })

  it('no responses at all', () => {
    expect(groupRelativeAdvantages([], { groups: [] })).toEqual([])
    expect(rlooAdvantages([[], [1, 2]], { normalize: true })[0]).toEqual([])
    const rewards = { data: new Float32Array([1, 2, 2, 4]), shape: [2, 2] as const }
    expect(rlooAdvantages(rewards)).toEqual({ data: new Float32Array([-1, 1, -2, 2]), shape: [2, 2] })
  })

  it.each([
    ['NaN', () => groupRelativeAdvantages([[1, Number.NaN]]), 'NOT_FINITE', 'rewards[0][1] is NaN'],
    [
      'an infinity',
      () => groupRelativeAdvantages([1, Infinity], { groups: 2, missing: 'exclude' }),
      'NOT_FINITE',
      'rewards[1] is Infinity',
    ],
    ['no groups', () => rlooAdvantages([1, 2]), 'MISSING_INPUT', 'groups is undefined; expected a label'],
    [
      'no rewards',
      () => rlooAdvantages(undefined as never),
      'MISSING_INPUT',
      'rewards is undefined; expected rows',
    ],
    [
      'groups twice',
      () => rlooAdvantages([[1, 2]], { groups: 2 }),
      'SHAPE_MISMATCH',
      'each row of rewards is a group',
    ],
    [
      'a size',
      () => rlooAdvantages([1, 2, 3], { groups: 2 }),
      'SHAPE_MISMATCH',
      'groups is 2; expected a number of responses that divides the 3',
    ],
    [
      'labels',
      () => rlooAdvantages([1, 2, 3], { groups: ['a'] }),
      'SHAPE_MISMATCH',
      'groups is 1 labels; expected 3',
    ],
    ['lengths', () => opoAdvantages([[1, 2]], [[1, -2]]), 'OUT_OF_RANGE', 'lengths has -2 for response 1'],
    [
      'an option',
      () => rlooAdvantages([[1]], { group: 2 } as object),
      'INVALID_OPTION',
      'no group; expected one of groups',
    ],
    [
      'a convention',
      () => groupRelativeAdvantages([[1]], { convention: 'skyrl' as 'trl' }),
      'INVALID_OPTION',
      'expected one of trl, verl, openrlhf, halos',
    ],
    [
      'a norm',
      () => gpgAdvantages([[1]], { norm: 0 }),
      'INVALID_OPTION',
      'norm is 0; expected a finite number above 0',
    ],
    [
      'squares',
      () => groupRelativeAdvantages([[1e200, -1e200]]),
      'OVERFLOW',
      'the variance of rewards is Infinity',
    ],
    [
      'a greedy reward',
      () => remaxAdvantages({ rewards: [[1]], greedyRewards: [Number.NaN] }),
      'NOT_FINITE',
      'greedyRewards[0]',
    ],
    [
      'whitened squares',
      () => reinforcePlusPlusBaselineAdvantages([[1e200, -1e200]], [[1, 1]]),
      'OVERFLOW',
      'the variance of rewards is Infinity',
    ],
    [
      'no groups',
      () => rlooAdvantages([1, 2], { groups: null as never }),
      'SHAPE_MISMATCH',
      'groups is null; expected a label for each response',
    ],
    [
      'groups that are no array',
      () => rlooAdvantages([1, 2], { groups: {} as never }),
      'SHAPE_MISMATCH',
      'expected a label for each response',
    ],
    ...[null, undefined, Number.NaN].map((label): [string, () => unknown, string, string] => [
      `the label ${label}`,
      () => rlooAdvantages([1, 2], { groups: [1, label as never] }),
      'SHAPE_MISMATCH',
      `groups is ${label} at 1; expected labels that are numbers or strings`,
    ]),
    ['a mask', () => tokenAdvantages([1], [[0.5]]), 'OUT_OF_RANGE', 'mask[0][0] is 0.5'],
  ])('%s', (_, call, code, message) => {
    const refusal = { code, message: expect.stringContaining(message) }
    expect(call).toThrow(expect.objectContaining(refusal))
  })
})
