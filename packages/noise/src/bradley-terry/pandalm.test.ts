import { expect, test } from 'vitest'
import { bradleyTerryElo } from './bradley-terry-elo'
import { bradleyTerryIntervals } from './bradley-terry-intervals'
import { fitBradleyTerry } from './fit-bradley-terry'
import { tables } from './goldens/load-goldens'
import { rankIntervals } from './rank-intervals'

// Systems in the order of their names: bloom, cerebras, llama, opt, pythia.
const { clusters, ...votes } = tables.pandalm

/** Rounded, in the order of the systems. */
const bySystem = (players: readonly unknown[], values: ArrayLike<number>, digits: number): number[] =>
  players
    .map((player, i) => [player as number, Number(values[i]!.toFixed(digits))] as const)
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value)

test('the README’s table of five systems, by the votes of PandaLM’s three annotators', () => {
  const fit = fitBradleyTerry(votes, { ties: 'davidson' })
  const { players } = fit
  const how = { method: 'sandwich', clusters } as const
  expect(bySystem(players, fit.strengths, 2)).toEqual([-0.01, -0.63, 0.79, -0.24, 0.1])
  expect(bySystem(players, bradleyTerryElo(fit), 0)).toEqual([997, 891, 1137, 958, 1017])
  expect(bySystem(players, bradleyTerryIntervals(fit).standardErrors, 2)).toEqual([
    0.05, 0.05, 0.05, 0.05, 0.05,
  ])
  expect(bySystem(players, bradleyTerryIntervals(fit, how).standardErrors, 2)).toEqual([
    0.08, 0.09, 0.09, 0.08, 0.08,
  ])
  const { ranks, best, worst } = rankIntervals(fit, how)
  expect(bySystem(players, ranks, 0)).toEqual([3, 5, 1, 4, 2])
  expect(bySystem(players, best, 0)).toEqual([2, 5, 1, 2, 2])
  expect(bySystem(players, worst, 0)).toEqual([4, 5, 1, 4, 4])
})

test('the README’s example', () => {
  const first = ['ada', 'ada', 'bob', 'bob', 'cy', 'ada']
  const second = ['bob', 'bob', 'cy', 'ada', 'ada', 'cy']
  const fit = fitBradleyTerry({
    first,
    second,
    outcomes: [1, 0.5, 1, 1, 1, 1],
    weights: [60, 20, 40, 20, 5, 45],
  })
  const { standardErrors } = bradleyTerryIntervals(fit, { method: 'sandwich' })
  const ratings = bradleyTerryElo(fit, { anchor: { player: 'bob', rating: 1000 } })
  const { best, worst } = rankIntervals(fit)
  const line = (i: number) =>
    [
      fit.strengths[i]!.toFixed(2),
      '±',
      standardErrors[i]!.toFixed(2),
      ratings[i]!.toFixed(0),
      best[i],
      worst[i],
    ].join(' ')
  expect(fit.players).toEqual(['ada', 'bob', 'cy'])
  expect([0, 1, 2].map(line)).toEqual([
    '1.30 ± 0.21 1123 1 1',
    '0.60 ± 0.16 1000 2 2',
    '-1.90 ± 0.32 566 3 3',
  ])
})
