import { expect, test } from 'vitest'
import { fiveErrors } from '../testing/sampling-error'
import { annotationErrorRate } from './annotation-error-rate'
import { annotatorPool } from './annotator-pool'
import { assignAnnotators } from './assign-annotators'
import { comparisonsOf } from './comparisons-of'
import { composeAnnotator } from './compose-annotator'
import { expectedChoices } from './expected-choices'
import { logisticAnnotator } from './logistic-annotator'
import { perfectAnnotator } from './perfect-annotator'
import { randomOrders } from './random-orders'
import { simulateAnnotations } from './simulate-annotations'
import { withFatigue } from './with-fatigue'
import { withLengthBias } from './with-length-bias'
import { withPersonalBias } from './with-personal-bias'
import { withPositionBias } from './with-position-bias'
import { withSelfPreference } from './with-self-preference'
import { withTies } from './with-ties'

// Three responses that are asked about over and over, so that frequencies can be counted.
const repeats = 20_000
const pairs = { first: [0, 1, 2], second: [1, 2, 0] }
const who = assignAnnotators({ comparisons: 3, annotators: 2, perComparison: 2, seed: 1 })
const asked = {
  comparisons: [...who.comparisons],
  annotators: [...who.annotators],
  times: [0, 5, 1, 9, 2, 40],
  swapped: randomOrders(6, { seed: 2 }),
}
const responses = { scores: [0, 0.6, -0.4], lengths: [10, 200, 35], authors: [0, 1, -1] }
const crowd = composeAnnotator(
  annotatorPool([logisticAnnotator({ beta: 2 }), logisticAnnotator({ beta: 0.5 })]),
  withTies({ threshold: 0.2 }),
  withPersonalBias({ scale: 0.3, seed: 4 }),
  withPositionBias({ strength: 0.3 }),
  withLengthBias({ strength: 0.2 }),
  withSelfPreference({ strength: 0.7 }),
  withFatigue({ halfLife: 10 }),
)

test('they are the frequencies of simulated labels, whatever annotators see', () => {
  const comparisons = comparisonsOf(responses, pairs, asked)
  const { first, second, tie } = expectedChoices(comparisons, crowd)
  const counts = { 1: [0, 0, 0, 0, 0, 0], 0: [0, 0, 0, 0, 0, 0], [-1]: [0, 0, 0, 0, 0, 0] }
  for (let seed = 0; seed < repeats; seed++) {
    simulateAnnotations(comparisons, crowd, { seed }).forEach((label, i) => {
      counts[label as 1 | 0 | -1][i]! += 1
    })
  }
  for (const [label, expected] of [
    [1, first],
    [0, tie],
    [-1, second],
  ] as const) {
    expected.forEach((p, i) => {
      expect(Math.abs(counts[label][i]! / repeats - p)).toBeLessThan(fiveErrors(p, repeats))
    })
  }
})

test('the error rate is what they say is wrong of what they say is decided', () => {
  const comparisons = comparisonsOf(responses, pairs, asked)
  const { first, second } = expectedChoices(comparisons, crowd)
  const deltas = Array.from(comparisons.deltas)
  const wrong = deltas.reduce((sum, delta, i) => sum + (delta > 0 ? second : first)[i]!, 0)
  const decided = deltas.reduce((sum, _, i) => sum + first[i]! + second[i]!, 0)
  expect(annotationErrorRate(comparisons, crowd)).toBeCloseTo(wrong / decided, 14)
})

test('differences alone will do, and none at all', () => {
  const { first, second, tie } = expectedChoices([2, -3, 0], perfectAnnotator())
  expect([...first]).toEqual([1, 0, 0.5])
  expect([...second]).toEqual([0, 1, 0.5])
  expect([...tie]).toEqual([0, 0, 0])
  expect(expectedChoices([], perfectAnnotator()).first.length).toBe(0)
})

test('bad input is refused by name', () => {
  expect(() => expectedChoices([Number.NaN], perfectAnnotator())).toThrow('deltas[0] is NaN')
  expect(() => expectedChoices([1], 3 as never)).toThrow('annotator is 3')
  const impossible = () => ({ first: 0.7, second: 0.7, tie: 0 })
  expect(() => expectedChoices([1], impossible)).toThrow('annotator answers comparison 0 with first 0.7')
})
