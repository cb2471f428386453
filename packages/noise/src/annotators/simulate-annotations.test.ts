import { sigmoid } from '@prefkit/expressions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fiveErrors, shareOf } from '../testing/sampling-error'
import { annotationErrorRate, observedErrorRate } from './annotation-error-rate'
import { type Annotator, choiceContext } from './annotator'
import { annotatorPool } from './annotator-pool'
import { assignAnnotators } from './assign-annotators'
import type { Comparisons } from './comparisons'
import { comparisonsOf } from './comparisons-of'
import { composeAnnotator } from './compose-annotator'
import { logisticAnnotator } from './logistic-annotator'
import { perfectAnnotator } from './perfect-annotator'
import { qualityAnnotator } from './quality-annotator'
import { randomOrders } from './random-orders'
import { simulateAnnotations } from './simulate-annotations'
import { withFatigue } from './with-fatigue'
import { withPositionBias } from './with-position-bias'
import { withRandomFlips } from './with-random-flips'
import { withTies } from './with-ties'

const count = 200_000
const waves = (n: number) => Float64Array.from({ length: n }, (_, i) => 3 * Math.sin(i + 1))

test.each([-1.2, 0, 0.4, 2])(
  'labels have the probabilities that the annotator states, at Δr = %d',
  (delta) => {
    const annotator = composeAnnotator(logisticAnnotator({ beta: 1.5 }), withTies({ threshold: 0.3 }))
    const labels = simulateAnnotations(new Float64Array(count).fill(delta), annotator, { seed: 11 })
    const { first, second, tie } = annotator(delta, choiceContext())
    for (const [label, p] of [
      [1, first],
      [0, tie],
      [-1, second],
    ] as const) {
      expect(Math.abs(shareOf(label, labels) - p)).toBeLessThan(fiveErrors(p, count))
    }
  },
)

test('the error rate of labels is the one to be expected', () => {
  const deltas = waves(count)
  const annotator = withRandomFlips({ rate: 0.1 })(logisticAnnotator({ beta: 0.8 }))
  const expected = annotationErrorRate(deltas, annotator)
  const closed = deltas.reduce((sum, d) => sum + 0.1 + 0.8 * sigmoid(-0.8 * Math.abs(d)), 0) / count
  expect(expected).toBeCloseTo(closed, 11)
  const observed = observedErrorRate(simulateAnnotations(deltas, annotator, { seed: 3 }), deltas)
  expect(Math.abs(observed - expected)).toBeLessThan(fiveErrors(expected, count))
})

test('neighbouring labels, and labels of neighbouring seeds, are uncorrelated', () => {
  const coin = logisticAnnotator({ beta: 0 })
  const zeros = new Float64Array(count)
  const [one, other] = [
    simulateAnnotations(zeros, coin, { seed: 1 }),
    simulateAnnotations(zeros, coin, { seed: 2 }),
  ]
  const product = (a: Int8Array, b: Int8Array) =>
    b.reduce((sum, label, i) => sum + label * a[i]!, 0) / b.length
  expect(Math.abs(product(one, other))).toBeLessThan(5 / Math.sqrt(count))
  expect(Math.abs(product(one, one.subarray(1)))).toBeLessThan(5 / Math.sqrt(count - 1))
})

const slice = (comparisons: Comparisons, from: number, to: number): Comparisons =>
  Object.fromEntries(
    Object.entries(comparisons).map(([name, values]) => [name, Array.prototype.slice.call(values, from, to)]),
  ) as unknown as Comparisons

const scores = waves(40)
const pairs = {
  first: Int32Array.from({ length: 900 }, (_, i) => i % 40),
  second: Int32Array.from({ length: 900 }, (_, i) => (7 * i + 3) % 40),
}
const who = assignAnnotators({ comparisons: 900, annotators: 5, perComparison: 3, seed: 4 })
const table = comparisonsOf({ scores }, pairs, { ...who, swapped: randomOrders(2700, { seed: 8 }) })
const crowd = annotatorPool(
  [0.5, 1, 2, 4, 8].map((beta) =>
    composeAnnotator(
      logisticAnnotator({ beta }),
      withTies({ threshold: 0.1 }),
      withPositionBias({ strength: 0.2 }),
      withFatigue({ halfLife: 300 }),
    ),
  ),
)

test('a seed repeats labels exactly, wherever the batch is cut; another seed changes them', () => {
  const whole = simulateAnnotations(table, crowd, { seed: 12 })
  expect(simulateAnnotations(table, crowd, { seed: 12 })).toEqual(whole)
  expect(simulateAnnotations(table, crowd, { seed: 13 })).not.toEqual(whole)
  fc.assert(
    fc.property(fc.nat(2700), fc.nat(2700), (a, b) => {
      const cuts = [0, Math.min(a, b), Math.max(a, b), 2700]
      const parts = [0, 1, 2].flatMap((i) => {
        const [from, to] = [cuts[i]!, cuts[i + 1]!]
        return [...simulateAnnotations(slice(table, from, to), crowd, { seed: 12, offset: from })]
      })
      expect(parts).toEqual([...whole])
    }),
    { numRuns: 30 },
  )
})

test('time goes on by place in the sequence where it is not given', () => {
  const tired = withFatigue({ halfLife: 50 })(perfectAnnotator())
  const seen: number[] = []
  const watched: Annotator = (delta, context) => {
    seen.push(context.time)
    return tired(delta, context)
  }
  simulateAnnotations([1, 1, 1], watched, { offset: 7 })
  expect(seen).toEqual([7, 8, 9])
})

test('under one seed, a better annotator is right wherever a worse one is', () => {
  const deltas = waves(5000)
  const worse = simulateAnnotations(deltas, logisticAnnotator({ beta: 0.5 }))
  const better = simulateAnnotations(deltas, logisticAnnotator({ beta: 2 }))
  const lost = deltas.filter((delta, i) => worse[i]! * delta > 0 && better[i]! * delta < 0)
  expect(lost).toHaveLength(0)
  expect(better).not.toEqual(worse)
})

test('assignment: different annotators for each comparison, evenly, and each one’s own clock', () => {
  const { comparisons, annotators, times } = assignAnnotators({
    comparisons: 20_000,
    annotators: 6,
    perComparison: 2,
  })
  const asked = new Map<number, number>()
  comparisons.forEach((comparison, i) => {
    expect(comparison).toBe(Math.floor(i / 2))
    expect(times[i]).toBe(asked.get(annotators[i]!) ?? 0)
    asked.set(annotators[i]!, times[i]! + 1)
    if (i % 2 === 1) expect(annotators[i]).not.toBe(annotators[i - 1])
  })
  for (let id = 0; id < 6; id++) {
    expect(Math.abs(asked.get(id)! / 20_000 - 1 / 3)).toBeLessThan(fiveErrors(1 / 3, 20_000))
  }
  expect(assignAnnotators({ comparisons: 3, annotators: 2, perComparison: 2 }).annotators.toSorted()).toEqual(
    Int32Array.of(0, 0, 0, 1, 1, 1),
  )
  const few = assignAnnotators({ comparisons: 50, annotators: 6, perComparison: 2 })
  expect(few.annotators).toEqual(annotators.subarray(0, 100))
})

test('orders are fair, and the same wherever the batch begins', () => {
  const orders = randomOrders(count, { seed: 5 })
  expect(Math.abs(shareOf(1, orders) - 0.5)).toBeLessThan(fiveErrors(0.5, count))
  expect(randomOrders(100, { seed: 5, offset: 1500 })).toEqual(orders.subarray(1500, 1600))
})

test('comparisons of a table have what annotators see of each pair', () => {
  const responses = { scores: [1, 3, 6], lengths: [10, 20, 30], authors: [-1, 1, 0] }
  const assignment = { comparisons: [1, 0, 0], annotators: [1, 0, 1] }
  const result = comparisonsOf(responses, { first: [0, 2], second: [1, 0] }, assignment)
  const plain = Object.fromEntries(
    Object.entries(result).map(([name, values]) => [name, Array.from(values as number[])]),
  )
  expect(plain).toEqual({
    deltas: [5, -2, -2],
    annotators: [1, 0, 1],
    firstItems: [2, 0, 0],
    secondItems: [0, 1, 1],
    firstLengths: [30, 10, 10],
    secondLengths: [10, 20, 20],
    firstOwned: [0, 0, 0],
    secondOwned: [0, 0, 1],
  })
  expect(comparisonsOf({ scores: [1, 3] }, { first: [0], second: [1] }).deltas).toEqual(Float64Array.of(-2))
})

test('error rates: ties do not count, equals are half wrong', () => {
  expect(observedErrorRate([1, -1, 0, 1], [2, 2, 2, 0])).toBe(1.5 / 3)
  expect(annotationErrorRate([0, 1, -1, 2], perfectAnnotator())).toBe(0.5 / 4)
  const tied = composeAnnotator(perfectAnnotator(), withTies({ threshold: 1.5 }))
  expect(annotationErrorRate([1, 2], tied)).toBe(0)
  expect(() => annotationErrorRate([1, -1], tied)).toThrow('comparisons: nothing is decided')
  expect(() => observedErrorRate([], [])).toThrow('labels: nothing is decided')
})

test('nothing to compare gives no labels', () => {
  expect(simulateAnnotations([], perfectAnnotator())).toEqual(new Int8Array(0))
  expect(assignAnnotators({ comparisons: 0, annotators: 1 }).annotators).toHaveLength(0)
})

const perfect = perfectAnnotator()
const refusals: [string, () => unknown, string][] = [
  ['NaN', () => simulateAnnotations([1, Number.NaN], perfect), 'deltas[1] is NaN; expected a finite number'],
  ['∞', () => simulateAnnotations({ deltas: [Number.POSITIVE_INFINITY] }, perfect), 'deltas[0] is Infinity'],
  [
    'lengths that differ',
    () => simulateAnnotations({ deltas: [1, 2], times: [1] }, perfect),
    'times has 1 values and deltas has 2',
  ],
  [
    'no deltas',
    () => simulateAnnotations({} as never, perfect),
    'deltas is undefined; expected one difference',
  ],
  [
    'a misspelt field',
    () => simulateAnnotations({ deltas: [1], length: [1] } as never, perfect),
    'comparisons: no length',
  ],
  [
    'half an annotator',
    () => simulateAnnotations({ deltas: [1], annotators: [0.5] }, perfect),
    'annotators[0] is 0.5',
  ],
  [
    'a seed that is no integer',
    () => simulateAnnotations([1], perfect, { seed: 0.5 }),
    'seed is 0.5; expected an integer',
  ],
  ['an offset below 0', () => simulateAnnotations([1], perfect, { offset: -1 }), 'offset is -1'],
  [
    'a misspelt option',
    () => simulateAnnotations([1], perfect, { sed: 1 } as never),
    'simulateAnnotations: no sed',
  ],
  [
    'probabilities that are none',
    () => simulateAnnotations([1, 2], () => ({ first: 0.9, second: 0.2, tie: 0 })),
    'annotator answers comparison 0 with first 0.9, second 0.2, tie 0; expected probabilities',
  ],
  [
    'labels that are none',
    () => observedErrorRate([2], [1]),
    'labels[0] is 2; expected an integer from -1 to 1',
  ],
  [
    'a pair beyond the table',
    () => comparisonsOf({ scores: [1] }, { first: [0], second: [1] }),
    'pairs.second[0] is 1; expected an integer from 0 to 0',
  ],
  [
    'pairs of two lengths',
    () => comparisonsOf({ scores: [1] }, { first: [0], second: [] }),
    'pairs.second has 0 values and pairs.first has 1',
  ],
  [
    'annotators without pairs',
    () => comparisonsOf({ scores: [1] }, { first: [0], second: [0] }, { annotators: [0, 1] }),
    'annotators has 2 values and pairs has 1',
  ],
  [
    'too few annotators',
    () => assignAnnotators({ comparisons: 1, annotators: 2, perComparison: 3 }),
    'perComparison is 3 and annotators is 2; expected at least as many annotators as answer each comparison',
  ],
  [
    'a function that is no annotator',
    () => simulateAnnotations([1], (() => undefined) as never),
    'annotator answers comparison 0 with first undefined',
  ],
  ['no annotator', () => simulateAnnotations([1], undefined as never), 'annotator is undefined'],
  ['no base', () => composeAnnotator(undefined as never), 'base is undefined'],
  [
    'no modifier',
    () => composeAnnotator(logisticAnnotator(), {} as never),
    'modifiers[0] is [object Object]; expected a modifier',
  ],
  [
    'a modifier that makes no annotator',
    () => composeAnnotator(logisticAnnotator(), () => 3 as never),
    'what modifiers[0] makes of an annotator is 3',
  ],
  ['a number for ξ', () => qualityAnnotator(3 as never), 'quality is 3; expected a function'],
  [
    'ξ below ½',
    () => qualityAnnotator(() => 0.2),
    'quality is 0.2 at delta = 1; expected a probability from 0.5 to 1',
  ],
  [
    'ξ below ½ somewhere',
    () =>
      simulateAnnotations(
        [0, -3],
        qualityAnnotator((delta) => 1 - delta / 4),
      ),
    'quality is 0.25 at delta = 3; expected a probability from 0.5 to 1',
  ],
]

test.each(refusals)('%s is refused by name', (_, act, message) => {
  expect(act).toThrow(message)
})
