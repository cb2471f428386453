import { describe, expect, it } from 'vitest'
import { expectClose, readGoldens } from '../goldens/load-goldens'
import {
  discountedReturns,
  gae,
  groupRelativeAdvantages,
  maxRlAdvantages,
  reinforcePlusPlusAdvantages,
  rlooAdvantages,
  tdLambdaReturns,
  whiten,
} from '../index'

type Matrix = number[][]

const { overTime, groups } = readGoldens<{
  overTime: {
    name: string
    rewards: Matrix
    values: Matrix
    mask: Matrix
    gamma: number
    lambda: number
    returns: Matrix
    whitened: Matrix
    reinforce: Matrix
    discounted: Matrix
  }[]
  groups: {
    name: string
    groups: number[]
    rewards: number[]
    maxRl: number[]
    wide: number[]
    grpo: number[]
  }[]
}>('skyrl')

const convention = 'skyrl'
const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('against SkyRL, over time', () => {
  it.each(overTime.map((row) => [`${row.name} γ ${row.gamma}`, row] as const))('%s', (_, row) => {
    const { rewards, values, mask, gamma, lambda } = row
    const { advantages, returns } = gae({ rewards, values, mask }, { gamma, lambda, convention })
    expectClose(returns, row.returns)
    expectClose(whiten(advantages, { mask, convention: 'trl' }), row.whitened)
    expectClose(tdLambdaReturns({ rewards, values, mask }, { gamma, lambda, convention }), row.returns)
    const reinforce = reinforcePlusPlusAdvantages({ rewards, mask }, { gamma, convention })
    expectClose(reinforce.returns, row.discounted)
    expectClose(reinforce.advantages, row.reinforce)
    expectClose(discountedReturns({ rewards, mask }, { gamma, convention }), row.discounted)
  })
})

describe('against SkyRL, groups', () => {
  it.each(groups.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const { rewards } = row
    expectClose([maxRlAdvantages(rewards, { groups: row.groups })], [row.maxRl])
    expectClose([maxRlAdvantages(rewards, { groups: row.groups, epsilon: 0.1 })], [row.wide])
    // SkyRL's GRPO is verl's.
    const verl = { groups: row.groups, convention: 'verl' } as const
    expectClose([groupRelativeAdvantages(rewards, verl)], [row.grpo])
  })
})

describe('the numbers of its own tests', () => {
  const input = { rewards: [[1, 2, 3]], values: [[0.5, 1, 1.5]] }
  it('generalised advantages', () => {
    for (const how of [{}, { convention } as const]) {
      expect(gae(input, { gamma: 1, lambda: 1, ...how }).returns).toEqual([[6, 5, 3]])
      expect(gae(input, { gamma: 0.5, lambda: 1, ...how }).returns).toEqual([[2.75, 3.5, 3]])
      expect(gae(input, { gamma: 1, lambda: 0.5, ...how }).returns).toEqual([[3.625, 4.25, 3]])
    }
  })

  it('REINFORCE++ with a masked step, beside verl and OpenRLHF', () => {
    const masked = { rewards: [[1, 2, 3]], mask: [[1, 1, 0]] }
    expect(reinforcePlusPlusAdvantages(masked, { convention }).returns).toEqual([[3, 2, 3]])
    expect(reinforcePlusPlusAdvantages(masked).returns).toEqual([[3, 2, 0]])
    expect(reinforcePlusPlusAdvantages(masked, { convention: 'openrlhf' }).returns).toEqual([[3, 2, 0]])
    const between = { rewards: [[1, 2, 3]], mask: [[1, 0, 1]] }
    expect(discountedReturns(between, { convention })).toEqual([[1, 5, 3]])
    expect(discountedReturns(between)).toEqual([[4, 0, 3]])
  })

  it('leave-one-out', () => {
    const rewards = { groups: ['a', 'a', 'b', 'b', 'c'] }
    expect(rlooAdvantages([6, 3, 9, 12, 5], rewards)).toEqual([3, -3, -3, 3, 0])
  })
})

describe('masked steps of SkyRL', () => {
  it('have time limits and later values as the others have', () => {
    const rewards = [[1, 2, 3, 4]]
    const limits = { truncated: [[0, 1, 0, 0]], truncationValues: [[0, 10, 0, 0]], bootstrapValues: [100] }
    const mask = [[1, 1, 0, 1]]
    expect(discountedReturns({ rewards, mask, ...limits }, { convention })).toEqual([[13, 12, 107, 104]])
  })

  it('are read, and so must be finite', () => {
    const junk = { rewards: [[1, Number.NaN]], mask: [[1, 0]] }
    expect(() => discountedReturns(junk, { convention })).toThrow(
      refusing('NOT_FINITE', 'rewards[0][1] is NaN'),
    )
    const values = [[0, 0]]
    expect(() => gae({ ...junk, values }, { convention })).toThrow(refusing('NOT_FINITE', 'rewards[0][1]'))
    const short = { rewards: [[1, 2]], values, mask: [[1]] }
    expect(() => gae(short, { convention })).toThrow(refusing('SHAPE_MISMATCH', 'mask[0]'))
  })
})

describe('maxRlAdvantages', () => {
  it('weighs success by how rare it is', () => {
    const epsilon = 0
    expect(maxRlAdvantages([[1, 0, 0, 0]], { epsilon })).toEqual([[3, -1, -1, -1]])
    expect(maxRlAdvantages([[1, 1], [0, 0], []], { epsilon })).toEqual([[0, 0], [0, 0], []])
  })

  it('leaves groups of one as they are, or out', () => {
    expect(maxRlAdvantages([[-3]])).toEqual([[-3]])
    expect(maxRlAdvantages([[3]], { singletons: 'zero' })).toEqual([[0]])
  })

  it('refuses a mean below 0, and one that nothing can be divided by', () => {
    expect(() => maxRlAdvantages([0, 1, -2, 1], { groups: 2 })).toThrow(
      refusing('OUT_OF_RANGE', 'a mean of -0.5 in the group of response 2; expected 0 or more'),
    )
    expect(() => maxRlAdvantages([[-1, 1]], { epsilon: 0 })).toThrow(refusing('OVERFLOW', 'result[0][0]'))
    expect(() => maxRlAdvantages([[1]], { epsilon: -1 })).toThrow(refusing('OUT_OF_RANGE', 'epsilon is -1'))
  })
})

it('HALOs: the deviation of the population, and 1e-2', () => {
  const rewards = [1, 0, 0.5, 1]
  const mean = rewards.reduce((a, b) => a + b) / 4
  const deviation = Math.sqrt(rewards.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4)
  const want = rewards.map((x) => (x - mean) / (deviation + 1e-2))
  expectClose(groupRelativeAdvantages([rewards, [7]], { convention: 'halos' }), [want, [0]])
  const kept = { convention: 'halos', singletons: 'keep' } as const
  expect(groupRelativeAdvantages([[7]], kept)).toEqual([[7 / (1 + 1e-2)]])
  const batch = groupRelativeAdvantages([rewards], { convention: 'halos', scale: 'batch' })
  expectClose(batch, [want])
})
