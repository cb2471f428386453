import { expect, test } from 'vitest'
import { bradleyTerryElo } from './bradley-terry-elo'
import { bradleyTerryIntervals } from './bradley-terry-intervals'
import { eloRatings } from './elo-ratings'
import { type BradleyTerryOptions, fitBradleyTerry } from './fit-bradley-terry'
import { goldens, type Table, tables } from './goldens/load-goldens'
import type { PairedComparisons } from './paired-comparisons'

const names = ['pandalm', 'ukp'] as const

const comparisonsOf = ({ clusters: _, ...comparisons }: Table): PairedComparisons => comparisons

/** The rows that are no ties, with what belongs to each. */
function decided({ first, second, outcomes, clusters }: Table) {
  const rows = [...outcomes.keys()].filter((row) => outcomes[row] !== 0.5)
  const pick = <T>(column: ArrayLike<T>) => rows.map((row) => column[row]!)
  return {
    comparisons: { first: pick(first), second: pick(second), outcomes: pick(outcomes) },
    clusters: pick(clusters),
  }
}

/** By player number, whatever order players appear in. */
function byPlayer(
  { players }: { players: readonly (string | number)[] },
  values: ArrayLike<number>,
): number[] {
  const sorted: number[] = []
  players.forEach((player, i) => {
    sorted[player as number] = values[i]!
  })
  return sorted
}

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  const gaps = Array.from(actual, (value, i) => Math.abs(value - expected[i]!))
  expect(Math.max(...gaps)).toBeLessThan(tolerance)
}

test.each(names)('strengths on %s are those of choix by each of its algorithms', (name) => {
  const fit = fitBradleyTerry(comparisonsOf(tables[name]))
  const { ilsrPairwise, mmPairwise, optPairwise, optPairwiseAlpha } = goldens.choix[name]
  const strengths = byPlayer(fit, fit.strengths)
  expectNear(strengths, ilsrPairwise, 1e-9)
  expectNear(strengths, mmPairwise, 1e-9)
  // SciPy's Newton-CG stops a little earlier, where its line search finds nothing better.
  expectNear(strengths, optPairwise, 1e-6)
  // choix was given each win twice and each tie once each way.
  const doubled = { ...comparisonsOf(tables[name]), weights: tables[name].outcomes.map(() => 2) }
  const regularised = fitBradleyTerry(doubled, { alpha: optPairwiseAlpha.alpha })
  expectNear(byPlayer(regularised, regularised.strengths), optPairwiseAlpha.strengths, 1e-6)
})

test.each(names)("ratings on %s are those of Chatbot Arena's code", (name) => {
  const comparisons = comparisonsOf(tables[name])
  const { computeElo, computeEloMleWithTie } = goldens.fastchat[name]
  const elo = eloRatings(comparisons)
  expectNear(byPlayer(elo, elo.ratings), computeElo, 1e-9)
  // Its logistic regression has scikit-learn's C = 1 on coefficients θ/ln 10, with every comparison twice.
  const prior = fitBradleyTerry(comparisons, { alpha: 1 / (4 * Math.log(10) ** 2) })
  expectNear(byPlayer(prior, bradleyTerryElo(prior)), computeEloMleWithTie, 1e-6)
  const fit = fitBradleyTerry(comparisons)
  expectNear(byPlayer(fit, bradleyTerryElo(fit)), goldens.arenaNotebook[name], 1e-6 * 400)
  expectNear(
    byPlayer(fit, fit.strengths),
    goldens.arenaNotebook[name].map((r) => ((r - 1000) * Math.log(10)) / 400),
    1e-6,
  )
})

const ukp = decided(tables.ukp)

test.each([
  { kind: 'wald', method: 'wald', scale: 1 },
  { kind: 'sandwich', method: 'sandwich', scale: Math.sqrt(ukp.clusters.length / (ukp.clusters.length - 1)) },
  {
    kind: 'clustered',
    method: 'sandwich',
    clusters: ukp.clusters,
    scale: Math.sqrt(goldens.logit.clusters / (goldens.logit.clusters - 1)),
  },
] as const)('standard errors by $kind are those of statsmodels', ({ kind, scale, ...how }) => {
  const golden = goldens.logit[kind]
  const fit = fitBradleyTerry(ukp.comparisons, { reference: 0, orderEffect: true })
  const { scale: _, ...options } = { scale, ...how }
  const intervals = bradleyTerryIntervals(fit, options)
  expectNear(byPlayer(fit, fit.strengths), golden.strengths, 1e-9)
  // statsmodels has no G/(G − 1).
  expectNear(
    byPlayer(fit, intervals.standardErrors),
    golden.standardErrors.map((error) => error * scale),
    1e-9,
  )
  expect(fit.orderEffect).toBeCloseTo(golden.orderEffect.estimate, 9)
  expect(intervals.orderEffect!.standardError).toBeCloseTo(golden.orderEffect.standardError * scale, 9)
  expect(fit.logLikelihood).toBeCloseTo(goldens.logit.logLikelihood, 8)
})

test('weights count as repetitions, as frequencies do in statsmodels', () => {
  const weights = ukp.comparisons.outcomes.map((_, row) => 1 + (row % 3))
  const fit = fitBradleyTerry({ ...ukp.comparisons, weights }, { reference: 0 })
  const { standardErrors } = bradleyTerryIntervals(fit)
  expectNear(byPlayer(fit, fit.strengths), goldens.logit.weighted.strengths, 1e-9)
  expectNear(byPlayer(fit, standardErrors), goldens.logit.weighted.standardErrors, 1e-9)
})

const logLengths = goldens.ukp.lengths.map(Math.log)

test('strengths as a function of covariates are a logit on their differences', () => {
  const column = (power: number) => new Map(logLengths.map((value, player) => [player, value ** power]))
  const fit = fitBradleyTerry(ukp.comparisons, { playerCovariates: { length: column(1), square: column(2) } })
  const { structured } = goldens.logit
  const { length, square } = bradleyTerryIntervals(fit).coefficients
  expectNear([length!.estimate, square!.estimate], structured.estimates, 1e-8)
  expectNear([length!.standardError, square!.standardError], structured.standardErrors, 1e-8)
  expect(fit.logLikelihood).toBeCloseTo(structured.logLikelihood, 8)
  const at = (player: number) =>
    length!.estimate * logLengths[player]! + square!.estimate * logLengths[player]! ** 2
  const strengths = byPlayer(fit, fit.strengths)
  expect(strengths[3]! - strengths[7]!).toBeCloseTo(at(3) - at(7), 9)
})

test('covariates of comparisons stand beside strengths, with priors of their own', () => {
  const { first, second } = ukp.comparisons
  const gap = first.map((player, row) =>
    Math.tanh(logLengths[player as number]! - logLengths[second[row] as number]!),
  )
  const comparisons = { ...ukp.comparisons, covariates: { gap } }
  const { covariate, styled } = goldens.logit
  const fit = fitBradleyTerry(comparisons, { reference: 0 })
  const intervals = bradleyTerryIntervals(fit)
  expectNear(byPlayer(fit, fit.strengths), covariate.strengths, 1e-8)
  expectNear(byPlayer(fit, intervals.standardErrors), covariate.standardErrors, 1e-8)
  expect(intervals.coefficients.gap!.estimate).toBeCloseTo(covariate.covariate.estimate, 8)
  expect(intervals.coefficients.gap!.standardError).toBeCloseTo(covariate.covariate.standardError, 8)
  const alpha = 1 / (2 * styled.C)
  const regularised = fitBradleyTerry(comparisons, { alpha, covariateAlpha: alpha })
  expectNear(byPlayer(regularised, regularised.strengths), styled.strengths, 1e-9)
  expect(regularised.coefficients.gap).toBeCloseTo(styled.coefficient, 9)
})

test.each(names)("Davidson's model on %s is log-linear in counts", (name) => {
  const fitAs = (options: BradleyTerryOptions) =>
    fitBradleyTerry(comparisonsOf(tables[name]), { ties: 'davidson', reference: 0, ...options })
  for (const orderEffect of [true, false]) {
    const golden = orderEffect ? goldens.davidson[name] : goldens.davidsonUnordered[name]
    const fit = fitAs({ orderEffect })
    const intervals = bradleyTerryIntervals(fit)
    expectNear(byPlayer(fit, fit.strengths), golden.strengths, 1e-9)
    expectNear(byPlayer(fit, intervals.standardErrors), golden.standardErrors, 1e-8)
    expect(Math.log(fit.tieParameter!)).toBeCloseTo(golden.logPrevalence.estimate, 9)
    const relative = intervals.tieParameter!.standardError / fit.tieParameter!
    expect(relative).toBeCloseTo(golden.logPrevalence.standardError, 8)
  }
  const { orderEffect } = goldens.davidson[name]
  const intervals = bradleyTerryIntervals(fitAs({ orderEffect: true }))
  expect(intervals.orderEffect!.estimate).toBeCloseTo(orderEffect.estimate, 9)
  expect(intervals.orderEffect!.standardError).toBeCloseTo(orderEffect.standardError, 8)
})

test.each(names)("Rao and Kupper's model on %s is an ordered logit", (name) => {
  const golden = goldens.raoKupper[name]
  const comparisons = comparisonsOf(tables[name])
  const fit = fitBradleyTerry(comparisons, { ties: 'rao-kupper', orderEffect: true, reference: 0 })
  const intervals = bradleyTerryIntervals(fit)
  expectNear(byPlayer(fit, fit.strengths), golden.strengths, 1e-6)
  expect(fit.orderEffect).toBeCloseTo(golden.orderEffect, 6)
  expect(fit.tieParameter).toBeCloseTo(golden.threshold, 6)
  // No worse than statsmodels', whose optimiser stops a little earlier.
  expect(fit.logLikelihood).toBeGreaterThan(golden.logLikelihood - 1e-9)
  expect(fit.logLikelihood).toBeLessThan(golden.logLikelihood + 1e-6)
  // statsmodels differentiates numerically here.
  expectNear(byPlayer(fit, intervals.standardErrors), golden.standardErrors, 1e-4)
  expect(intervals.tieParameter!.standardError).toBeCloseTo(golden.thresholdError, 4)
})
