import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { NoiseError } from '../noise-error'
import { streamOf } from '../random/streams'
import { fiveErrors } from '../testing/sampling-error'
import { activeDesign } from './active-design'
import type { Pair } from './pair-sequence'
import { emptyHistory, extendHistory, type PairingHistory } from './pairing-history'
import { createPairingSession } from './pairing-session'
import { posteriorOf } from './posterior-of'
import type { ResponseTable } from './response-table'
import { thompsonDesign } from './thompson-design'

type Matrix = number[][]

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, k) => sum + x * b[k]!, 0)
const identity = (size: number, scale: number): Matrix =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? scale : 0)))

/** log det by elimination; the matrix is positive definite. */
function logDeterminant(matrix: Matrix): number {
  const rows = matrix.map((row) => [...row])
  return rows.reduce((sum, pivot, k) => {
    for (const row of rows.slice(k + 1)) {
      const factor = row[k]! / pivot[k]!
      for (let j = k; j < row.length; j++) row[j]! -= factor * pivot[j]!
    }
    return sum + Math.log(pivot[k]!)
  }, 0)
}

const plus = (matrix: Matrix, delta: readonly number[], weight: number): Matrix =>
  matrix.map((row, i) => row.map((x, j) => x + weight * delta[i]! * delta[j]!))

/** The most likely weights, by plain gradient ascent: slow, and nothing like what the package does. */
function mostLikely(deltas: Matrix, outcomes: readonly number[], width: number, variance: number): number[] {
  let weights = new Array<number>(width).fill(0)
  for (let step = 0; step < 20_000; step++) {
    const gradient = weights.map((w) => -w / variance)
    deltas.forEach((delta, i) => {
      const miss = outcomes[i]! - sigmoid(product(delta, weights))
      for (let k = 0; k < width; k++) gradient[k]! += miss * delta[k]!
    })
    weights = weights.map((w, k) => w + 0.05 * gradient[k]!)
  }
  return weights
}

const cases = fc
  .record({
    rows: fc.integer({ min: 4, max: 6 }),
    width: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    asked: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ rows, width, seed, asked }) => {
    const next = streamOf(seed)
    const number = () => next.next() / 2 ** 31
    const features = Array.from({ length: rows }, () => Array.from({ length: width }, number))
    const table = { prompts: new Array<number>(rows).fill(0), features }
    const pairs = activeDesign(table, { seed }).propose(emptyHistory, asked)
    const labels = pairs.map((_, i) => (i === 3 ? null : number() > 0 ? 1 : -1))
    const history: PairingHistory = { ...extendHistory(emptyHistory, pairs), labels }
    return { table, history, seed, width }
  })

const variance = 2

/** What the package should see: weights, differences, and the information that is there. */
function seenBy({
  table,
  history,
  width,
}: {
  table: { features: Matrix }
  history: PairingHistory
  width: number
}) {
  const delta = ({ first, second }: Pair) =>
    table.features[first]!.map((x, k) => x - table.features[second]![k]!)
  const asked = history.first.map((first, i) => ({ first, second: history.second[i]! }))
  const answered = asked.filter((_, i) => history.labels[i] !== null)
  const outcomes = history.labels.filter((label) => label !== null).map((label) => (label + 1) / 2)
  const weights = mostLikely(answered.map(delta), outcomes, width, variance)
  const labelVariance = (pair: Pair) => {
    const p = sigmoid(product(delta(pair), weights))
    return p * (1 - p)
  }
  const start = asked.reduce(
    (sum, pair) => plus(sum, delta(pair), labelVariance(pair)),
    identity(width, 1 / variance),
  )
  const rows = [...table.features.keys()]
  const isAsked = (a: number, b: number) =>
    asked.some(({ first, second }) => Math.min(first, second) === a && Math.max(first, second) === b)
  const left = rows.flatMap((b) =>
    rows.filter((a) => a < b && !isAsked(a, b)).map((a) => ({ first: a, second: b })),
  )
  return { delta, labelVariance, start, left, weights }
}

const numberOf = ({ first, second }: Pair) => Math.min(first, second) * 100 + Math.max(first, second)

test('D-optimal: each pair adds most to the log-determinant of all pairs listed, with pending ones and without', () => {
  fc.assert(
    fc.property(cases, (given) => {
      const { delta, labelVariance, start, left } = seenBy(given)
      const pairs = activeDesign(given.table, { seed: given.seed, priorVariance: variance }).propose(
        given.history,
        3,
      )
      expect(pairs).toHaveLength(Math.min(3, left.length))
      let information = start
      const open = new Map(left.map((pair) => [numberOf(pair), pair]))
      for (const pair of pairs) {
        const value = (p: Pair) => logDeterminant(plus(information, delta(p), labelVariance(p)))
        expect(open.has(numberOf(pair))).toBe(true)
        expect(value(pair)).toBeGreaterThan(Math.max(...[...open.values()].map(value)) - 1e-6)
        open.delete(numberOf(pair))
        information = plus(information, delta(pair), labelVariance(pair))
      }
    }),
    { numRuns: 60 },
  )
})

test('D-optimal: a batch has more than 1 − 1/e of what the best batch of all adds', () => {
  fc.assert(
    fc.property(cases, (given) => {
      const { delta, labelVariance, start, left } = seenBy(given)
      fc.pre(left.length >= 3)
      const gain = (batch: readonly Pair[]) =>
        logDeterminant(batch.reduce((sum, pair) => plus(sum, delta(pair), labelVariance(pair)), start)) -
        logDeterminant(start)
      const pairs = activeDesign(given.table, { seed: given.seed, priorVariance: variance }).propose(
        given.history,
        3,
      )
      const best = Math.max(
        ...left.flatMap((a, i) =>
          left.slice(i + 1).flatMap((b, j) => left.slice(i + j + 2).map((c) => gain([a, b, c]))),
        ),
      )
      expect(gain(pairs)).toBeGreaterThan((1 - 1 / Math.E) * best - 1e-9)
    }),
    { numRuns: 25 },
  )
})

/** x of A x = b, by elimination. */
function solve(matrix: Matrix, b: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, b[i]!])
  rows.forEach((pivot, k) => {
    const head = pivot[k]!
    for (let j = k; j < pivot.length; j++) pivot[j]! /= head
    for (const row of rows) {
      if (row === pivot) continue
      const factor = row[k]!
      for (let j = k; j < row.length; j++) row[j]! -= factor * pivot[j]!
    }
  })
  return rows.map((row) => row.at(-1)!)
}

test('entropy takes probabilities nearest ½; variance the difference known least after what is chosen', () => {
  fc.assert(
    fc.property(cases, (given) => {
      const { delta, labelVariance, start, left, weights } = seenBy(given)
      const options = { seed: given.seed, priorVariance: variance }
      const near = activeDesign(given.table, { ...options, criterion: 'entropy' }).propose(given.history, 3)
      const distance = (pair: Pair) => Math.abs(product(delta(pair), weights))
      const nearest = left.map(distance).sort((a, b) => a - b)
      near.forEach((pair, i) => {
        expect(distance(pair)).toBeCloseTo(nearest[i]!, 6)
      })
      let information = start
      const open = new Map(left.map((pair) => [numberOf(pair), pair]))
      for (const pair of activeDesign(given.table, { ...options, criterion: 'variance' }).propose(
        given.history,
        3,
      )) {
        const value = (p: Pair) => product(delta(p), solve(information, delta(p)))
        expect(value(pair)).toBeGreaterThan(Math.max(...[...open.values()].map(value)) - 1e-6)
        open.delete(numberOf(pair))
        information = plus(information, delta(pair), labelVariance(pair))
      }
    }),
    { numRuns: 40 },
  )
})

test('free rewards are weights of one-hot features: the same proposals, means, variances and updates', () => {
  const prompts = Array.from({ length: 12 }, (_, row) => row % 3)
  const oneHot = prompts.map((_, row) => prompts.map((_, k) => Number(k === row)))
  const free = posteriorOf({ prompts }, 1.5)
  const linear = posteriorOf({ prompts, features: oneHot }, 1.5)
  for (const criterion of ['d-optimal', 'variance', 'entropy'] as const) {
    for (const pastAware of [true, false]) {
      const options = { criterion, pairs: 'any', priorVariance: 1.5, pastAware } as const
      const session = createPairingSession(activeDesign({ prompts }, options))
      for (let batch = 0; batch < 6; batch++) {
        const [a, b] = [free(session.history), linear(session.history)]
        const [known, also] = [a.information(true), b.information(true)]
        for (let row = 1; row < 12; row++) {
          expect(a.mean(row)).toBeCloseTo(b.mean(row), 8)
          expect(known.variance(0, row)).toBeCloseTo(also.variance(0, row), 8)
        }
        for (const pair of [
          [0, 7],
          [7, 2],
          [0, 2],
          [3, 4],
        ] as const) {
          const [x, y] = [known.learn(pair[0], pair[1], 0.2), also.learn(pair[0], pair[1], 0.2)]
          expect(x.scale).toBeCloseTo(y.scale, 8)
          for (let row = 0; row < 12; row++)
            expect(x.covarianceWith(row)).toBeCloseTo(y.covarianceWith(row), 8)
        }
        const pairs = session.propose(5)
        const deltas = pairs.map(({ first, second }) => (first - second) / 4)
        session.record(simulateAnnotations(deltas, logisticAnnotator(), { seed: batch }))
      }
    }
  }
})

test('draws of rewards have the mean and the covariance of the posterior, within five errors', () => {
  const prompts = [0, 0, 0, 0, 0]
  const features = [
    [1, 0],
    [0, 1],
    [1, 1],
    [2, -1],
    [0.5, 0.5],
  ]
  const history = { first: [0, 1, 2, 0], second: [1, 2, 3, 2], labels: [1, -1, 1, 0] }
  for (const table of [{ prompts }, { prompts, features }] as ResponseTable[]) {
    const posterior = posteriorOf(table, 1)(history)
    const information = posterior.information(true)
    const draws = 40_000
    for (const [a, b] of [
      [0, 1],
      [1, 3],
      [2, 4],
    ] as const) {
      const mean = posterior.mean(a) - posterior.mean(b)
      const sd = Math.sqrt(information.variance(a, b))
      let [within, above] = [0, 0]
      for (let k = 0; k < draws; k++) {
        const reward = posterior.draw(streamOf(k))
        const z = (reward(a) - reward(b) - mean) / sd
        within += Number(Math.abs(z) < 1)
        above += Number(z > 0)
      }
      expect(Math.abs(within / draws - 0.6826894921370859)).toBeLessThan(fiveErrors(0.6827, draws))
      expect(Math.abs(above / draws - 0.5)).toBeLessThan(fiveErrors(0.5, draws))
    }
  }
})

test('dueling Thompson sampling draws twice, independently', () => {
  const table = { prompts: ['p', 'p', 'p'] }
  const history = { first: [0, 0, 0, 0], second: [1, 1, 1, 1], labels: [1, 1, 1, 1] }
  const draws = 20_000
  const posterior = posteriorOf(table, 1)(history)
  const best = (rows: number[], value: (row: number) => number) => {
    const values = rows.map(value)
    return rows[values.indexOf(Math.max(...values))]!
  }
  const share = (propose: (k: number) => readonly [number, number]) => {
    let count = 0
    for (let k = 0; k < draws; k++) count += Number(propose(k).toSorted().join() === '0,2')
    return count / draws
  }
  const sample = (...keys: number[]) => posterior.draw(streamOf(...keys))
  const others = (row: number) => [0, 1, 2].filter((other) => other !== row)
  const twice = share((k) => {
    const first = best([0, 1, 2], sample(k, 8))
    return [first, best(others(first), sample(k, 9))]
  })
  const once = share((k) => {
    const reward = sample(k, 8)
    const [a, b, c] = [reward(0), reward(1), reward(2)] as const
    const first = best([0, 1, 2], (row) => [a, b, c][row]!)
    return [first, best(others(first), (row) => [a, b, c][row]!)]
  })
  const given = share((seed) => {
    const [pair] = thompsonDesign(table, { seed, repeats: true }).propose(history, 1)
    return [pair!.first, pair!.second]
  })
  expect(Math.abs(given - twice)).toBeLessThan(Math.SQRT2 * fiveErrors(twice, draws))
  // One draw for both would show.
  expect(Math.abs(once - twice)).toBeGreaterThan(2 * Math.SQRT2 * fiveErrors(twice, draws))
})

test('dueling Thompson sampling comes to ask about the best', () => {
  const scores = [0, 0.5, 1, 1.5, 2, 2.5, 3, 4.5]
  const table = { prompts: scores.map(() => 'p') }
  const [seeds, rounds] = [12, 60]
  let late = 0
  for (let seed = 0; seed < seeds; seed++) {
    const session = createPairingSession(thompsonDesign(table, { seed, repeats: true, priorVariance: 4 }))
    for (let round = 0; round < rounds; round++) {
      const pairs = session.propose(5)
      const deltas = pairs.map(({ first, second }) => scores[first]! - scores[second]!)
      session.record(simulateAnnotations(deltas, logisticAnnotator(), { seed, offset: 5 * round }))
      const withBest = pairs.filter(({ first, second }) => Math.max(first, second) === 7).length
      if (round >= rounds / 2) late += withBest / 5
    }
  }
  // Random pairs would have it in a quarter.
  expect(late / (seeds * rounds) / 0.5).toBeGreaterThan(0.9)
})

test('D-optimal labels determine weights better than as many random ones', () => {
  const next = streamOf(4)
  const number = () => next.next() / 2 ** 31
  const truth = [2, -1, 0.5, 1]
  const features = Array.from({ length: 60 }, () => truth.map(() => number() ** 3))
  const table = { prompts: features.map((_, row) => row % 6), features }
  const label = (pairs: readonly Pair[], seed: number) =>
    simulateAnnotations(
      pairs.map(({ first, second }) => product(truth, features[first]!) - product(truth, features[second]!)),
      logisticAnnotator(),
      { seed },
    )
  const information = (history: PairingHistory) =>
    logDeterminant(
      history.first.reduce(
        (sum, first, i) => {
          const delta = features[first]!.map((x, k) => x - features[history.second[i]!]![k]!)
          const p = sigmoid(product(truth, delta))
          return plus(sum, delta, p * (1 - p))
        },
        identity(4, 1),
      ),
    )
  for (let seed = 0; seed < 10; seed++) {
    const [active, random] = [
      createPairingSession(activeDesign(table, { seed, priorVariance: 4, pairs: 'any' })),
      // One candidate leaves nothing to choose.
      createPairingSession(activeDesign(table, { seed, candidates: 8, criterion: 'entropy', pairs: 'any' })),
    ]
    for (const session of [active, random]) {
      for (let batch = 0; batch < 5; batch++) session.record(label(session.propose(8), seed * 10 + batch))
    }
    expect(information(active.history)).toBeGreaterThan(information(random.history) + 1)
  }
})

test('features of any size give pairs or a named error, also where labels contradict one another', () => {
  for (const size of [1e-300, 1e-9, 1e6, 1e30, 1e74]) {
    const features = [
      [1, 1],
      [1, -2],
      [-3, 1],
      [0, 0],
      [1, 1],
    ].map((row) => row.map((x) => x * size))
    const table = { prompts: [0, 0, 0, 0, 0], features }
    const history = { first: [0, 1, 0, 0], second: [1, 2, 3, 4], labels: [1, 1, -1, 0] }
    for (const design of [
      activeDesign(table),
      activeDesign(table, { criterion: 'variance' }),
      thompsonDesign(table),
    ]) {
      try {
        expect(new Set(design.propose(history, 9).map(numberOf)).size).toBe(6)
      } catch (error) {
        expect(NoiseError.isInstance(error) && error.code).toBe('NOT_IDENTIFIED')
        expect(size).toBeGreaterThan(1e6)
      }
    }
  }
  const table = { prompts: [0, 0], features: [[1e76], [0]] }
  expect(() => activeDesign(table)).toThrow('features[0][0] is 1e+76; expected a number of size up to 1e+75')
})
