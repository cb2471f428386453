import { expect, test } from 'vitest'
import { fiveErrors } from '../testing/sampling-error'
import { type BradleyTerryIntervalOptions, bradleyTerryIntervals } from './bradley-terry-intervals'
import { type BradleyTerryOptions, fitBradleyTerry } from './fit-bradley-terry'
import { tables } from './goldens/load-goldens'
import { simulatedArena } from './testing/simulated-arena'

const truth = [-0.9, -0.4, 0, 0.2, 1.1]

/** The share of simulated arenas in which the interval of the first player's strength holds it. */
function coverage(
  arenas: number,
  copies: number,
  options: (clusters: number[]) => BradleyTerryIntervalOptions,
): number {
  const held = Array.from({ length: arenas }, (_, seed) => {
    const { clusters, comparisons } = simulatedArena(truth, { rounds: 40, copies, seed })
    const fit = fitBradleyTerry(comparisons)
    const { low, high } = bradleyTerryIntervals(fit, options(clusters))
    const place = fit.players.indexOf(0)
    return Number(low[place]! <= truth[0]! && truth[0]! <= high[place]!)
  })
  return held.reduce((sum, value) => sum + value, 0) / arenas
}

/** Intervals cover as asked for in large samples; 160 comparisons a player leave a hundredth, and chance the rest. */
const small = 0.01

test('Wald intervals cover 95 % of the time; the same with a sandwich', () => {
  const arenas = 2000
  for (const method of ['wald', 'sandwich'] as const) {
    expect(Math.abs(coverage(arenas, 1, () => ({ method })) - 0.95)).toBeLessThan(
      fiveErrors(0.95, arenas) + small,
    )
  }
})

test('bootstrap intervals cover 95 % of the time', () => {
  const arenas = 400
  const share = coverage(arenas, 1, () => ({ method: 'bootstrap', resamples: 200 }))
  expect(Math.abs(share - 0.95)).toBeLessThan(fiveErrors(0.95, arenas) + small)
})

test('where rows of a cluster are copies, only what knows the clusters covers', () => {
  const arenas = 500
  const shares = [
    coverage(arenas, 4, () => ({ method: 'wald' })),
    coverage(arenas, 4, (clusters) => ({ method: 'sandwich', clusters })),
  ]
  // Errors half as large as they should be: 2Φ(1.96/2) − 1 = 0.673.
  const expected = [0.673, 0.95]
  shares.forEach((share, k) => {
    expect(Math.abs(share - expected[k]!)).toBeLessThan(fiveErrors(expected[k]!, arenas) + small)
  })
})

const { clusters, ...votes } = tables.pandalm

test.each<BradleyTerryOptions>([
  { ties: 'half' },
  { ties: 'davidson', orderEffect: true },
  { ties: 'rao-kupper', reference: 2 },
  { ties: 'half', alpha: 1 },
])('the bootstrap has the standard errors of the sandwich, by row and by cluster: %o', (options) => {
  const fit = fitBradleyTerry(votes, options)
  const resamples = 2000
  for (const grouping of [{}, { clusters }]) {
    const sandwich = bradleyTerryIntervals(fit, { method: 'sandwich', ...grouping })
    const bootstrap = bradleyTerryIntervals(fit, { method: 'bootstrap', resamples, ...grouping })
    expect(bootstrap.failures).toBe(0)
    // A standard deviation of R numbers has relative error 1/√(2R).
    const tolerance = 5 / Math.sqrt(2 * resamples)
    const near = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * b)
    bootstrap.standardErrors.forEach((error, i) => {
      near(error, sandwich.standardErrors[i]!)
    })
    for (const name of ['orderEffect', 'tieParameter'] as const) {
      if (sandwich[name] !== undefined) near(bootstrap[name]!.standardError, sandwich[name].standardError)
    }
  }
})

test('weights that are no whole numbers are resampled with their rows', () => {
  const weighted = (weight: number) =>
    fitBradleyTerry({ ...votes, weights: votes.outcomes.map(() => weight) })
  const errorsOf = (weight: number) =>
    bradleyTerryIntervals(weighted(weight), { method: 'bootstrap' }).standardErrors
  const [whole, halves] = [errorsOf(1), errorsOf(0.5)]
  // Wald takes half a comparison for less information; here a row stays a row.
  halves.forEach((error, i) => {
    expect(Math.abs(error / whole[i]! - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(2 * 1000))
  })
  const wald = (weight: number) => bradleyTerryIntervals(weighted(weight)).standardErrors[0]!
  expect(wald(0.5) / wald(1)).toBeCloseTo(Math.SQRT2, 9)
})

test('a whole weight is so many comparisons for the sandwich too', () => {
  const weights = votes.outcomes.map((_, row) => row % 3)
  const repeat = <T>(column: ArrayLike<T>) =>
    weights.flatMap((weight, row) => Array<T>(weight).fill(column[row]!))
  const repeated = {
    first: repeat(votes.first),
    second: repeat(votes.second),
    outcomes: repeat(votes.outcomes),
  }
  const [counted, written] = [{ ...votes, weights }, repeated].map((comparisons) =>
    bradleyTerryIntervals(fitBradleyTerry(comparisons, { reference: 0 }), { method: 'sandwich' }),
  )
  const errors = new Map(written!.players.map((player, i) => [player, written!.standardErrors[i]!]))
  counted!.players.forEach((player, i) => {
    expect(counted!.standardErrors[i]).toBeCloseTo(errors.get(player)!, 12)
  })
})

test('the same seed gives the same intervals, another one others', () => {
  const fit = fitBradleyTerry(votes)
  const low = (seed: number) => bradleyTerryIntervals(fit, { method: 'bootstrap', resamples: 50, seed }).low
  expect(low(3)).toEqual(low(3))
  expect(low(3)).not.toEqual(low(4))
})

test('a reference has no error, and variances of differences do not depend on it', () => {
  const at = (reference?: number) => bradleyTerryIntervals(fitBradleyTerry(votes, { reference }))
  const [centred, anchored] = [at(), at(0)]
  expect(anchored.standardErrors[0]).toBe(0)
  const players = centred.players.length
  const lead = ({ covariance: c }: { covariance: Float64Array }) =>
    c[players + 1]! + c[2 * players + 2]! - 2 * c[players + 2]!
  expect(lead(anchored)).toBeCloseTo(lead(centred), 12)
  expect(anchored.standardErrors[1]! ** 2).toBeCloseTo(
    centred.covariance[0]! + centred.covariance[players + 1]! - 2 * centred.covariance[1]!,
    12,
  )
})

test('resamples that leave players unlinked are counted', () => {
  const rare = { first: ['a', 'b', 'a'], second: ['b', 'a', 'b'], outcomes: [1, 1, 1] }
  const fit = fitBradleyTerry(rare)
  const { failures } = bradleyTerryIntervals(fit, { method: 'bootstrap', resamples: 2000 })
  // Either player has no win left: 1 − (1 − e⁻²)(1 − e⁻¹), as wins are Poisson numbers of mean 2 and 1.
  const expected = 1 - (1 - Math.exp(-2)) * (1 - Math.exp(-1))
  expect(Math.abs(failures / 2000 - expected)).toBeLessThan(fiveErrors(expected, 2000))
})

test('a wider confidence has wider intervals, around the estimate', () => {
  const fit = fitBradleyTerry(votes)
  const [narrow, wide] = [0.5, 0.99].map((confidence) => bradleyTerryIntervals(fit, { confidence }))
  fit.strengths.forEach((strength, i) => {
    expect(wide!.low[i]).toBeLessThan(narrow!.low[i]!)
    expect((narrow!.low[i]! + narrow!.high[i]!) / 2).toBeCloseTo(strength, 12)
    expect((wide!.high[i]! - strength) / wide!.standardErrors[i]!).toBeCloseTo(2.5758293035489, 9)
  })
})

test('what cannot be is refused', () => {
  const fit = fitBradleyTerry(votes)
  const refused = (options: object) => () => bradleyTerryIntervals(fit, options)
  expect(refused({ confidence: 1 })).toThrow('confidence is 1')
  expect(refused({ confidence: Number.NaN })).toThrow('confidence is NaN')
  expect(refused({ method: 'jackknife' })).toThrow('wald, sandwich, bootstrap')
  expect(refused({ resample: 5 })).toThrow('no resample;')
  expect(refused({ method: 'bootstrap', resamples: 1 })).toThrow('resamples is 1')
  expect(refused({ method: 'bootstrap', seed: 0.5 })).toThrow('seed is 0.5')
  expect(refused({ method: 'sandwich', clusters: [1] })).toThrow('clusters has 1 values')
  expect(refused({ method: 'sandwich', clusters: clusters.map(() => 7) })).toThrow('clusters has 1 different')
})
