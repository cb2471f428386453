import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, readGoldens } from '../goldens/load-goldens'
import { discountedReturns, gae, reinforcePlusPlusAdvantages, rlooAdvantages } from '../index'

type Matrix = number[][]

const { overTime } = readGoldens<{
  overTime: {
    reference: string
    functions: string[]
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
}>('skyrl')

const convention = 'skyrl'
const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('against SkyRL, over time', () => {
  it.each(overTime.map((row) => [`${row.name} γ ${row.gamma}`, row] as const))('%s', (_, row) =>
    evidenceFor(
      row.functions,
      ({ discountedReturns, gae, reinforcePlusPlusAdvantages, tdLambdaReturns, whiten }) => {
        const { rewards, values, mask, gamma, lambda } = row
        const { advantages, returns } = gae({ rewards, values, mask }, { gamma, lambda, convention })
        expectClose(returns, row.returns)
        expectClose(whiten(advantages, { mask, convention: 'trl' }), row.whitened)
        expectClose(tdLambdaReturns({ rewards, values, mask }, { gamma, lambda, convention }), row.returns)
        const reinforce = reinforcePlusPlusAdvantages({ rewards, mask }, { gamma, convention })
        expectClose(reinforce.returns, row.discounted)
        expectClose(reinforce.advantages, row.reinforce)
        expectClose(discountedReturns({ rewards, mask }, { gamma, convention }), row.discounted)
      },
    ),
  )
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
    for (const other of ['verl', 'openrlhf'] as const) {
      expect(reinforcePlusPlusAdvantages(masked, { convention: other }).returns).toEqual([[3, 2, 0]])
    }
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
