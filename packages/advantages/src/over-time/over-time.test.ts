import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { gae } from '../index'

interface Case extends GoldenRow {
  convention: 'verl' | 'openrlhf'
  name: string
  rewards: number[][]
  values: number[][]
  mask: number[][]
  gamma: number
  lambda: number
  returns: number[][]
  discounted: number[][]
  advantages?: number[][]
  whitened?: number[][]
}

interface Episode extends GoldenRow {
  rewards: number[]
  values: number[]
  bootstrapValue: number
  terminated: number[]
  truncated: number[]
  truncationValues: number[]
  gamma: number
  lambda: number
  advantages: number[]
  returns: number[]
  discounted: number[]
}

const { cases, episodes } = readGoldens<{ cases: Case[]; episodes: Episode[] }>('over-time')

describe('against verl and OpenRLHF', () => {
  it.each(cases.map((row) => [`${row.convention} ${row.name} γ ${row.gamma} λ ${row.lambda}`, row] as const))(
    '%s',
    (_, row) =>
      evidenceFor(row.functions, ({ discountedReturns, gae, tdLambdaReturns, whiten }) => {
        const { rewards, values, mask, gamma, lambda, convention } = row
        const { advantages, returns } = gae({ rewards, values, mask }, { gamma, lambda, convention })
        expectClose(returns, row.returns)
        if (row.advantages) expectClose(advantages, row.advantages)
        if (row.whitened) expectClose(whiten(advantages, { mask, convention }), row.whitened)
        expectClose(discountedReturns({ rewards, mask }, { gamma, convention }), row.discounted)
        expectClose(tdLambdaReturns({ rewards, values, mask }, { gamma, lambda, convention }), row.returns)
      }),
  )
})

describe('against rlax, with terminations and time limits', () => {
  it.each(episodes.map((row) => [`γ ${row.gamma} λ ${row.lambda}`, row] as const))('%s', (_, row) =>
    evidenceFor(row.functions, ({ discountedReturns, gae, tdLambdaReturns }) => {
      const { gamma, lambda } = row
      const ends = {
        bootstrapValues: [row.bootstrapValue],
        terminated: [row.terminated],
        truncated: [row.truncated],
        truncationValues: [row.truncationValues],
      }
      const valued = { rewards: [row.rewards], values: [row.values], ...ends }
      expectClose(gae(valued, { gamma, lambda }).advantages, [row.advantages])
      expectClose(tdLambdaReturns(valued, { gamma, lambda }), [row.returns])
      expectClose(discountedReturns({ rewards: [row.rewards], ...ends }, { gamma }), [row.discounted])
    }),
  )
})

it('gives published numbers', () => {
  // SkyRL's tests of its PPO utilities.
  const input = { rewards: [[1, 2, 3]], values: [[0.5, 1, 1.5]] }
  expect(gae(input, { gamma: 1, lambda: 1 }).returns).toEqual([[6, 5, 3]])
  expect(gae(input, { gamma: 0.5, lambda: 1 }).returns).toEqual([[2.75, 3.5, 3]])
  expect(gae(input, { gamma: 1, lambda: 0.5 }).returns).toEqual([[3.625, 4.25, 3]])
})
