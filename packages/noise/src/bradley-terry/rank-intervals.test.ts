import { expect, test } from 'vitest'
import { fiveErrors } from '../testing/sampling-error'
import { bradleyTerryIntervals } from './bradley-terry-intervals'
import { fitBradleyTerry } from './fit-bradley-terry'
import { tables } from './goldens/load-goldens'
import { rankIntervals } from './rank-intervals'
import { simulatedArena } from './testing/simulated-arena'

const { clusters, ...votes } = tables.ukp

test.each(['max-t', 'bonferroni'] as const)(
  'all ranks hold together at least 95 % of the time: %s',
  (critical) => {
    const arenas = 1000
    const truth = [0, 0.1, 0.2, 0.3, 0.9, 1]
    const held = Array.from({ length: arenas }, (_, seed) => {
      const { comparisons } = simulatedArena(truth, { rounds: 30, seed })
      const { players, best, worst } = rankIntervals(fitBradleyTerry(comparisons), {
        critical,
        draws: 500,
        seed,
      })
      return players.every((player, i) => {
        const rank = truth.length - (player as number)
        return best[i]! <= rank && rank <= worst[i]!
      })
    })
    const share = held.filter(Boolean).length / arenas
    expect(share).toBeGreaterThan(0.95 - fiveErrors(0.95, arenas))
  },
)

test('equal players may have any rank, and all hold for them too', () => {
  const arenas = 1000
  const held = Array.from({ length: arenas }, (_, seed) => {
    const { comparisons } = simulatedArena([0, 0, 0, 0], { rounds: 50, seed })
    const { best, worst } = rankIntervals(fitBradleyTerry(comparisons), { draws: 1000, seed })
    return best.every((rank) => rank === 1) && worst.every((rank) => rank === 4)
  })
  // Here differences' intervals are ranks' intervals: coverage is not only at least 95 % but that.
  const share = held.filter(Boolean).length / arenas
  expect(Math.abs(share - 0.95)).toBeLessThan(fiveErrors(0.95, arenas) + 0.01)
})

test.each(['wald', 'sandwich', 'bootstrap'] as const)(
  'ranks are by strength, within their ends, by definition: %s',
  (method) => {
    const fit = fitBradleyTerry(votes)
    const grouping = method === 'wald' ? {} : { clusters, resamples: 200 }
    const { ranks, best, worst, criticalValue } = rankIntervals(fit, { method, ...grouping })
    const { covariance } = bradleyTerryIntervals(fit, { method, ...grouping })
    const { strengths } = fit
    const n = strengths.length
    const variance = (i: number, j: number) =>
      covariance[i * n + i]! + covariance[j * n + j]! - 2 * covariance[i * n + j]!
    const above = (i: number, j: number) =>
      strengths[i]! - strengths[j]! > criticalValue * Math.sqrt(variance(i, j))
    const sorted = [...strengths].sort((a, b) => b - a)
    const others = (i: number) => [...strengths.keys()].filter((j) => j !== i)
    strengths.forEach((strength, i) => {
      expect(ranks[i]).toBe(1 + sorted.indexOf(strength))
      expect(best[i]).toBe(1 + others(i).filter((j) => above(j, i)).length)
      expect(worst[i]).toBe(n - others(i).filter((j) => above(i, j)).length)
      expect(best[i]).toBeLessThanOrEqual(ranks[i]!)
      expect(worst[i]).toBeGreaterThanOrEqual(ranks[i]!)
    })
    expect(new Set(best).size).toBeGreaterThan(3)
  },
)

test.each([
  { players: 2, range: 2.772 },
  { players: 3, range: 3.314 },
  { players: 10, range: 4.474 },
])(
  'between $players players alike the critical value is that of the studentised range',
  ({ players, range }) => {
    const first: number[] = []
    const second: number[] = []
    for (let i = 0; i < players; i++) {
      for (let j = 0; j < players; j++) {
        if (i === j) continue
        first.push(i)
        second.push(j)
      }
    }
    const draws = 100_000
    const { criticalValue, ranks } = rankIntervals(fitBradleyTerry({ first, second }), { draws })
    // The quantile's standard error, √(0.95·0.05/draws) over a density of at least 0.1.
    expect(Math.abs(criticalValue - range / Math.SQRT2)).toBeLessThan(
      (5 * Math.sqrt(0.0475 / draws)) / 0.1 + 0.0005,
    )
    expect(new Set(ranks).size).toBeLessThanOrEqual(players)
  },
)

test('Bonferroni is wider', () => {
  const fit = fitBradleyTerry(votes)
  const maxT = rankIntervals(fit).criticalValue
  const bonferroni = rankIntervals(fit, { critical: 'bonferroni' }).criticalValue
  expect(maxT).toBeLessThan(bonferroni)
  // 300 differences, two ends each.
  expect(bonferroni).toBeCloseTo(3.7645, 3)
})

test('players that covariates do not tell apart share a rank', () => {
  const size = new Map(['a', 'b', 'c'].map((player) => [player, Number(player === 'a')]))
  const comparisons = { first: ['a', 'b', 'a', 'b'], second: ['b', 'a', 'c', 'c'], weights: [30, 10, 30, 10] }
  const { ranks, best, worst } = rankIntervals(
    fitBradleyTerry({ ...comparisons, outcomes: [1, 1, 1, 1] }, { playerCovariates: { size } }),
  )
  expect([...ranks]).toEqual([1, 2, 2])
  expect([...best]).toEqual([1, 2, 2])
  expect([...worst]).toEqual([1, 3, 3])
})

test('what cannot be is refused', () => {
  const fit = fitBradleyTerry(votes)
  expect(() => rankIntervals(fit, { draws: 0 })).toThrow('draws is 0')
  expect(() => rankIntervals(fit, { critical: 'holm' as never })).toThrow('max-t, bonferroni')
  expect(() => rankIntervals(fit, { confidence: 0 })).toThrow('confidence is 0')
  expect(() => rankIntervals(fit, { level: 0.9 } as never)).toThrow('no level')
})
