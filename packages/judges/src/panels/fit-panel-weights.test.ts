import { winProbability } from '@prefkit/evals'
import { expect, test } from 'vitest'
import type { PairLabel } from '../calibration/pair-label'
import { functionJudge } from '../judging/function-judge'
import { chance, pairOf } from '../judging/testing/scripted'
import { fitPanelWeights } from './fit-panel-weights'
import { panelJudge } from './panel-judge'

const count = 2000
const label = (i: number): PairLabel => (chance('label', i) < 0.5 ? 'a' : 'b')
const labels = Array.from({ length: count }, (_, i) => label(i))

/** A judge that is right with the probability `accuracy` and says so: the optimal weight of independent ones is 1. */
const honest = (name: string, accuracy: number) =>
  labels.map((truth, i) => (chance(name, i) < accuracy === (truth === 'a') ? accuracy : 1 - accuracy))

const good = honest('good', 0.9)
const poor = honest('poor', 0.6)
const blind = honest('blind', 0.5).map((_, i) => 0.3 + 0.4 * chance('blind says', i))

test('independent honest judges have weights near 1, as naive Bayes has it, and a blind one near 0', () => {
  const { weights } = fitPanelWeights({ good, poor, blind }, labels)
  expect(weights).toMatchObject({ judges: ['good', 'poor', 'blind'], combine: 'log-odds' })
  expect(Math.abs(weights.weights[0]! - 1)).toBeLessThan(0.12)
  expect(Math.abs(weights.weights[1]! - 1)).toBeLessThan(0.5)
  expect(Math.abs(weights.weights[2]!)).toBeLessThan(0.3)
})

test('held out, fitted weights beat equal ones, which the poor judges drag down', () => {
  const { heldOut } = fitPanelWeights({ good, poor, blind }, labels)
  expect(heldOut.fitted.logLoss).toBeLessThan(heldOut.uniform.logLoss - 0.05)
  expect(heldOut.fitted.accuracy).toBeGreaterThanOrEqual(heldOut.alone[0]!.accuracy! - 0.01)
  expect(heldOut.alone.map(({ count }) => count)).toEqual([count, count, count])
  expect(Math.abs(heldOut.alone[1]!.accuracy! - 0.6)).toBeLessThan(0.05)
})

test('held out means held out: of judges that know nothing, no weight looks better than none', () => {
  const blinds = Object.fromEntries(
    Array.from({ length: 20 }, (_, j) => [`blind ${j}`, labels.slice(0, 60).map((_, i) => chance(j, i))]),
  )
  const { heldOut } = fitPanelWeights(blinds, labels.slice(0, 60), { l2: 1e-6 })
  expect(heldOut.fitted.logLoss).toBeGreaterThan(Math.LN2)
})

test('a judge that is wrong on purpose has a negative weight, and copies share one', () => {
  const contrary = good.map((p) => 1 - p)
  expect(fitPanelWeights({ contrary }, labels).weights.weights[0]).toBeLessThan(-0.8)
  const { weights } = fitPanelWeights({ good, copy: good }, labels).weights
  expect(weights[0]).toBeCloseTo(weights[1]!, 6)
})

test('a judge without an answer adds nothing, and is counted', () => {
  const halfTheTime = good.map((p, i) => (i % 2 === 0 ? p : undefined))
  const abstained = good.map((winProbability) => ({ verdict: 'abstained' as const, winProbability }))
  const fit = fitPanelWeights({ halfTheTime, poor, abstained }, labels)
  expect(fit.missing).toEqual([count / 2, 0, count])
  expect(Math.abs(fit.weights.weights[0]! - 1)).toBeLessThan(0.15)
  expect(fit.weights.weights[2]).toBeCloseTo(0, 12)
})

test('swapping all responses and labels gives the same weights', () => {
  const swap = (values: readonly number[]) => values.map((p) => 1 - p)
  const swapped = labels.map((x): PairLabel => (x === 'a' ? 'b' : 'a'))
  const [x, y] = [
    fitPanelWeights({ good, poor }, labels).weights.weights,
    fitPanelWeights({ good: swap(good), poor: swap(poor) }, swapped).weights.weights,
  ]
  x.forEach((weight, i) => {
    expect(weight).toBeCloseTo(y[i]!, 9)
  })
})

test('weights survive JSON and make a panel', async () => {
  const { weights } = JSON.parse(JSON.stringify(fitPanelWeights({ good, poor }, labels))) as ReturnType<
    typeof fitPanelWeights
  >
  const judges = [
    functionJudge(() => 0.9, { name: 'good', orders: 'given' }),
    functionJudge(() => 0.4, { name: 'poor', orders: 'given' }),
  ]
  const { winProbability: p } = await panelJudge(judges, { weights }).compare(pairOf('x', 'y'))
  const logit = (q: number) => Math.log(q / (1 - q))
  expect(p).toBeCloseTo(
    winProbability(weights.weights[0]! * logit(0.9) + weights.weights[1]! * logit(0.4)),
    12,
  )
})

test('what cannot be fitted is refused by name', () => {
  expect(() => fitPanelWeights({}, labels)).toThrow(/no judges/)
  expect(() => fitPanelWeights({ good: [0.5] }, labels)).toThrow(/judgements\["good"\] has 1 judgements/)
  expect(() => fitPanelWeights({ good: [1.5] }, ['a'])).toThrow(
    /judgements\["good"\]\[0\] has the win probability 1.5/,
  )
  expect(() => fitPanelWeights({ good: [0.5] }, ['c' as 'a'])).toThrow(/labels\[0\] is "c"/)
  expect(() => fitPanelWeights({ good: [0.5, 0.6] }, ['a', 'b'], { groups: [1, 1] })).toThrow(
    /expected two groups/,
  )
  expect(() => fitPanelWeights({ good }, labels, { l2: 0 })).toThrow(/l2 is 0/)
  expect(() => fitPanelWeights({ good }, labels, { groups: [1] })).toThrow(/groups has 1 values/)
  expect(() => fitPanelWeights({ good }, labels, { fold: 3 } as object)).toThrow(/no option fold/)
})
