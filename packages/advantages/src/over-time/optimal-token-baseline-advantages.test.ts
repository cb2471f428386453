import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { optimalTokenBaselineAdvantages } from '../index'

interface Row extends GoldenRow {
  name: string
  groups: number[]
  rewards: number[][]
  mask: number[][]
  logprobs: number[][]
  squaredProbabilitySums: number[][]
  importanceWeights: number[][]
  cases: {
    alignment: 'column' | 'token'
    weighted: boolean
    zeroTail: boolean
    advantages: number[][]
    returns: number[][]
  }[]
}

const { optimalTokenBaselines } = readGoldens<{ optimalTokenBaselines: Row[] }>('papers')
const cases = optimalTokenBaselines.flatMap(({ cases: each, ...input }) =>
  each.map((one) => {
    const { alignment, weighted, zeroTail } = one
    return [`${input.name} ${JSON.stringify({ alignment, weighted, zeroTail })}`, input, one] as const
  }),
)

describe('optimalTokenBaselineAdvantages', () => {
  it.each(cases)(
    'against verl, %s',
    (_, { name: __, reference, functions, importanceWeights, ...input }, row) =>
      evidenceFor(functions, ({ optimalTokenBaselineAdvantages }) => {
        const given = row.weighted ? { ...input, importanceWeights } : input
        const { alignment, zeroTail } = row
        const { advantages, returns } = optimalTokenBaselineAdvantages(given, { alignment, zeroTail })
        expectClose(advantages, row.advantages)
        expectClose(returns, row.returns)
      }),
  )

  const two = {
    rewards: [
      [0, 1],
      [0, 0],
    ],
    logprobs: [
      [-1, -1],
      [-1, -1],
    ],
    squaredProbabilitySums: [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
    groups: 2,
  }

  it('with equal weights subtracts the mean of the returns', () => {
    expectClose(
      optimalTokenBaselineAdvantages(two).advantages,
      [
        [0.5, 0.5],
        [-0.5, -0.5],
      ],
      1e-7,
    )
  })

  it.each(['column', 'token'] as const)('%s: fully masked rows change nothing', (alignment) => {
    const more = {
      rewards: [...two.rewards, [Number.NaN, 7]],
      logprobs: [...two.logprobs, [Number.NaN, 7]],
      squaredProbabilitySums: [...two.squaredProbabilitySums, [Number.NaN, 7]],
      mask: [
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      groups: 3,
    }
    for (const zeroTail of [true, false]) {
      const options = { alignment, zeroTail }
      const want = optimalTokenBaselineAdvantages(two, options).advantages
      expect(optimalTokenBaselineAdvantages(more, options).advantages).toEqual([...want, [0, 0]])
    }
  })

  it('is finite where the policy is certain, and refuses what is not a probability', () => {
    const one = [
      [1, 1],
      [1, 1],
    ]
    const zero = [
      [0, 0],
      [0, 0],
    ]
    const certain = { ...two, logprobs: zero, squaredProbabilitySums: one }
    expect(optimalTokenBaselineAdvantages(certain).advantages).toEqual([
      [1, 1],
      [0, 0],
    ])
    const refusal = (message: string) =>
      expect.objectContaining({ code: 'OUT_OF_RANGE', message: expect.stringContaining(message) })
    expect(() => optimalTokenBaselineAdvantages({ ...two, logprobs: one })).toThrow(refusal('logprobs has 1'))
    const sums = {
      ...two,
      squaredProbabilitySums: [
        [2, 0],
        [0, 0],
      ],
    }
    expect(() => optimalTokenBaselineAdvantages(sums)).toThrow(refusal('squaredProbabilitySums has 2'))
    expect(() => optimalTokenBaselineAdvantages(two, { epsilon: 0 })).toThrow('epsilon is 0')
  })
})
