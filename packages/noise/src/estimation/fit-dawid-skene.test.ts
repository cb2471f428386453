import { describe, expect, test } from 'vitest'
import { simulateVotes } from '../testing/simulate-votes'
import { type FitDawidSkeneOptions, fitDawidSkene } from './fit-dawid-skene'
import { goldens } from './goldens/load-goldens'

const columns = ({ items, annotators, labels }: (typeof goldens.votes)[number]) => ({
  items,
  annotators,
  labels,
})

const largestGap = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  Math.max(...Array.from(one, (value, i) => Math.abs(value - other[i]!)))

describe.each(goldens.votes)('on $name', (golden) => {
  test.each(golden.dawidSkene)('$iterations steps are those of crowd-kit 1.4.2', (expected) => {
    const run = (maxIterations: number) => fitDawidSkene(columns(golden), { maxIterations, tolerance: 0 })
    const { posteriors, items, annotators } = run(expected.iterations)
    expect(items).toEqual([...new Set(golden.items)])
    expect(annotators).toEqual([...annotators].sort())
    expect(largestGap(posteriors, expected.posteriors)).toBeLessThan(1e-8)
    // crowd-kit ends with parameters from its last posteriors, and puts 1e-10 where they are 0 or unknown.
    const { prior, confusion } = run(expected.iterations + 1)
    expect(largestGap(prior, expected.prior)).toBeLessThan(1e-8)
    confusion.forEach((p, cell) => {
      if (!Number.isNaN(p)) expect(p).toBeCloseTo(expected.confusion[cell]!, 6)
    })
  })

  const variants: FitDawidSkeneOptions[] = [
    {},
    { priorRight: 2, priorWrong: 1 },
    { errors: 'one-coin' },
    { errors: 'one-coin', priorRight: 2, priorWrong: 1, classPrior: 'uniform' },
  ]
  test.each(variants)('the objective never falls, and all probabilities are some: %j', (options) => {
    const found = fitDawidSkene(columns(golden), { ...options, tolerance: 1e-10 })
    found.objectives.forEach((value, i) => {
      if (i > 0) expect(value).toBeGreaterThanOrEqual(found.objectives[i - 1]! - 1e-9 * Math.abs(value))
    })
    expect(found.converged).toBe(true)
    expect(found.iterations).toBe(found.objectives.length)
    const classes = found.classes.length
    const rows = [found.prior, found.posteriors, found.confusion.filter((p) => !Number.isNaN(p))]
    for (const row of rows) {
      for (let at = 0; at < row.length; at += classes) {
        expect(row.slice(at, at + classes).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10)
      }
    }
  })
})

/** Numbers in [0, 1): a linear congruential generator with the constants of Numerical Recipes. */
function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const rates = [0.05, 0.1, 0.2, 0.3, 0.45, 0.9]
const { votes, truth } = simulateVotes({ items: 3000, rates, perItem: 4, seed: 9 })

test.each(['confusion', 'one-coin'] as const)('simulated annotators are recovered: %s', (errors) => {
  const found = fitDawidSkene(votes, { errors, bootstrap: { resamples: 30, seed: 2 } })
  const wrong = found.items.filter((item, i) => found.labels[i] !== truth[item as number]).length
  const majority = fitDawidSkene(votes, { errors, maxIterations: 1 })
  const wrongAtFirst = majority.items.filter((item, i) => majority.labels[i] !== truth[item as number]).length
  expect(wrong).toBeLessThan(wrongAtFirst)
  const errorsOfAccuracy = found.standardErrors!.accuracy
  found.annotators.forEach((name, a) => {
    const rate = rates[name as number]!
    // Each has some 2,000 votes; five standard errors, which 30 resamples tell to about 13 %.
    expect(Math.abs(found.accuracy[a]! - (1 - rate))).toBeLessThan(5 * 1.5 * errorsOfAccuracy[a]!)
    expect(errorsOfAccuracy[a]!).toBeLessThan(0.03)
    const counted = Math.sqrt((rate * (1 - rate)) / 2000)
    expect(errorsOfAccuracy[a]!).toBeGreaterThan(0.7 * counted)
  })
  expect(found.standardErrors!.confusion).toHaveLength(rates.length * 4)
  expect(found.standardErrors!.prior[0]).toBeGreaterThan(0)
})

describe.each(['one-coin', 'confusion'] as const)('standard errors of who voted rarely: %s', (errors) => {
  const prior = { priorRight: 4, priorWrong: 1 }
  // Who is right how often, as the prior has it: Beta(4, 1). Ten votes an item, most by those of 50 votes.
  const sizes = [...Array(30).fill(50), ...Array(80).fill(5), ...Array(300).fill(1)] as number[]
  const coverage = (seed: number) => {
    const uniform = uniforms(seed)
    const accuracies = sizes.map(() => uniform() ** (1 / 4))
    const items = 220
    const rows = sizes.flatMap((size, who) =>
      Array.from({ length: size }, (_, k) => {
        const item = (who * 37 + k * 4 + Math.floor(uniform() * 4)) % items
        const label = uniform() < accuracies[who]! === (item % 2 === 0) ? 1 : -1
        return { item, who, label }
      }),
    )
    const votes = {
      items: rows.map(({ item }) => item),
      annotators: rows.map(({ who }) => who),
      labels: rows.map(({ label }) => label),
    }
    const found = fitDawidSkene(votes, { errors, ...prior, bootstrap: { resamples: 30, seed } })
    return found.annotators.map((name, a) => {
      const off = found.accuracy[a]! - accuracies[name as number]!
      return { size: sizes[name as number]!, hit: Math.abs(off) <= 2 * found.standardErrors!.accuracy[a]! }
    })
  }
  const found = [1, 2, 3].flatMap(coverage)
  test.each([1, 5, 50])('two of them hold the truth as often as they say, of %d votes', (votes) => {
    const hits = found.filter(({ size }) => size === votes)
    const share = hits.filter(({ hit }) => hit).length / hits.length
    // Two standard deviations of a Beta posterior hold 93 % to 97 %; five standard errors of the count.
    expect(share).toBeGreaterThan(0.93 - 5 * Math.sqrt((0.95 * 0.05) / hits.length))
  })
})

test('one vote is no certainty, with a prior or without', () => {
  const rates = [0.05, 0.1, 0.2]
  const crowd = simulateVotes({ items: 400, rates, perItem: 3, seed: 4 }).votes
  const votes = {
    items: [...Array.from(crowd.items), crowd.items[0]!],
    annotators: [...Array.from(crowd.annotators), 'once'],
    labels: [...Array.from(crowd.labels), crowd.labels[0]!],
  }
  for (const prior of [{}, { priorRight: 4, priorWrong: 1 }]) {
    const found = fitDawidSkene(votes, { errors: 'one-coin', ...prior, bootstrap: { resamples: 10 } })
    const { accuracy } = found.standardErrors!
    // Beta(5, 1) has 0.14 and Beta(1.5, 0.5) has 0.25, for a vote that is right.
    expect(accuracy[3]).toBeGreaterThan(0.13)
    expect(accuracy[0]).toBeLessThan(0.03)
  }
})

test('the log-likelihood is that of its equation', () => {
  const small = { items: [1, 1, 2, 2, 2], annotators: [1, 2, 1, 2, 3], labels: ['a', 'b', 'a', 'a', 'b'] }
  const { prior, confusion, logLikelihood, annotators, classes } = fitDawidSkene(small, {
    priorRight: 2,
    priorWrong: 1,
    maxIterations: 5,
  })
  const p = (truth: number, rows: [number, string][]) =>
    rows.reduce((product, [annotator, label]) => {
      const cell = (annotators.indexOf(annotator) * 2 + truth) * 2 + classes.indexOf(label)
      return product * confusion[cell]!
    }, prior[truth]!)
  const one: [number, string][] = [
    [1, 'a'],
    [2, 'b'],
  ]
  const two: [number, string][] = [
    [1, 'a'],
    [2, 'a'],
    [3, 'b'],
  ]
  const expected = Math.log(p(0, one) + p(1, one)) + Math.log(p(0, two) + p(1, two))
  expect(logLikelihood).toBeCloseTo(expected, 12)
})

test('a seed repeats standard errors; another one changes them; items in another order keep estimates', () => {
  const few = simulateVotes({ items: 60, rates: [0.1, 0.2, 0.3], perItem: 3, seed: 1 }).votes
  const errors = (seed: number) =>
    fitDawidSkene(few, { bootstrap: { resamples: 4, seed } }).standardErrors!.accuracy
  expect(errors(1)).toEqual(errors(1))
  expect(errors(1)).not.toEqual(errors(2))
  const reversed = {
    items: Array.from(few.items).reverse(),
    annotators: Array.from(few.annotators).reverse(),
    labels: Array.from(few.labels).reverse(),
  }
  const [one, other] = [fitDawidSkene(few), fitDawidSkene(reversed)]
  one.annotators.forEach((name, a) => {
    expect(other.accuracy[other.annotators.indexOf(name)]!).toBeCloseTo(one.accuracy[a]!, 8)
  })
})

test('one vote, one class and one annotator are fitted; bad options are refused', () => {
  const one = fitDawidSkene({ items: ['i'], annotators: ['a'], labels: ['x'] })
  expect(one).toMatchObject({ labels: ['x'], converged: true, logLikelihood: 0 })
  expect([...one.accuracy]).toEqual([1])
  expect(fitDawidSkene(votes, { maxIterations: 2 }).converged).toBe(false)
  expect(() => fitDawidSkene(votes, { priorRight: -1 })).toThrow('priorRight is -1')
  expect(() => fitDawidSkene(votes, { errors: 'symmetric' as never })).toThrow(
    'expected one of confusion, one-coin',
  )
  expect(() => fitDawidSkene(votes, { tolerance: Number.NaN })).toThrow('tolerance is NaN')
  expect(() => fitDawidSkene(votes, { maxIterations: 0 })).toThrow('maxIterations is 0')
  expect(() => fitDawidSkene(votes, { smoothing: 1 } as never)).toThrow('no smoothing')
  expect(() => fitDawidSkene(votes, { bootstrap: { resamples: 1 } })).toThrow('resamples is 1')
})
