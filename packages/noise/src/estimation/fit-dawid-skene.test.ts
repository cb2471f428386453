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
