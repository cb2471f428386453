import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fiveErrors } from '../testing/sampling-error'
import { annotationErrorRate, observedErrorRate } from './annotation-error-rate'
import { flipLabels, flipWorstLabels, worstCaseThreshold } from './flip-labels'
import { logisticAnnotator } from './logistic-annotator'
import { perfectAnnotator } from './perfect-annotator'
import { simulateAnnotations } from './simulate-annotations'
import { withWorstCaseFlips } from './with-worst-case-flips'

const count = 100_000
const labels = Int8Array.from({ length: count }, (_, i) => (i % 3) - 1)

test('random flips come at their rate, leave ties, and are nested by rate', () => {
  const few = flipLabels(labels, { rate: 0.1, seed: 3 })
  const more = flipLabels(labels, { rate: 0.4, seed: 3 })
  const decided = labels.filter((label) => label !== 0).length
  const flipped = few.filter((label, i) => label !== labels[i]).length
  expect(Math.abs(flipped / decided - 0.1)).toBeLessThan(fiveErrors(0.1, decided))
  few.forEach((label, i) => {
    expect(Math.abs(label)).toBe(Math.abs(labels[i]!))
    if (label !== labels[i]) expect(more[i]).toBe(label)
  })
  expect(flipLabels(labels.subarray(2000), { rate: 0.1, seed: 3, offset: 2000 })).toEqual(few.subarray(2000))
  expect(flipLabels(labels, { rate: 1 })).toEqual(labels.map((label) => -label))
  expect(flipLabels(labels, { rate: 0 })).toEqual(labels)
})

test('the adversary flips right labels, the farthest apart first', () => {
  const given = [1, 1, -1, 0, 1, -1]
  const deltas = [1, -9, -3, 8, 3, -2]
  const after = (budget: number) => [...flipWorstLabels(given, deltas, { budget })]
  expect(after(0)).toEqual(given)
  expect(after(1)).toEqual([1, 1, 1, 0, 1, -1])
  expect(after(2)).toEqual([1, 1, 1, 0, -1, -1])
  expect(after(99)).toEqual([-1, 1, 1, 0, -1, 1])
  expect(flipWorstLabels([], [], { budget: 1 })).toEqual(new Int8Array(0))
})

test('no other choice of as many flips loses more reward', () => {
  const anyLabels = fc.array(fc.tuple(fc.constantFrom(-1, 0, 1), fc.integer({ min: -9, max: 9 })), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(anyLabels, fc.nat(8), (rows, budget) => {
      const [given, deltas] = [rows.map(([label]) => label), rows.map(([, delta]) => delta)]
      const worth = (of: ArrayLike<number>) => deltas.reduce((sum, delta, i) => sum + delta * of[i]!, 0)
      const worst = worth(flipWorstLabels(given, deltas, { budget }))
      for (let subset = 0; subset < 2 ** rows.length; subset++) {
        const other = given.map((label, i) => (subset & (2 ** i) ? -label : label))
        const flips = other.filter((label, i) => label !== given[i]).length
        if (flips <= budget) expect(worst).toBeLessThanOrEqual(worth(other))
      }
    }),
  )
})

test('the threshold touches as many comparisons as the budget allows, and the model does as the labels', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (deltas, rate) => {
        const above = worstCaseThreshold(deltas, { rate })
        const touched = deltas.filter((delta) => Math.abs(delta) >= above).length
        const allowed = Math.floor(rate * deltas.length)
        expect(touched).toBeLessThanOrEqual(allowed)
        const next = deltas.map(Math.abs).filter((size) => size < above)
        const tied = next.filter((size) => size === Math.max(...next)).length
        if (next.length > 0) expect(touched + tied).toBeGreaterThan(allowed)
      },
    ),
  )
  const deltas = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i + 1))
  const adversary = withWorstCaseFlips({ above: worstCaseThreshold(deltas, { rate: 0.2 }) })
  const perfect = simulateAnnotations(deltas, perfectAnnotator())
  const flipped = flipWorstLabels(perfect, deltas, { budget: 200 })
  expect(simulateAnnotations(deltas, adversary(perfectAnnotator()))).toEqual(flipped)
  expect(observedErrorRate(flipped, deltas)).toBe(0.2)
  const noisy = logisticAnnotator({ beta: 1 })
  expect(annotationErrorRate(deltas, adversary(noisy))).toBeGreaterThan(annotationErrorRate(deltas, noisy))
})

test('bad input is refused by name', () => {
  expect(() => flipLabels([2], { rate: 0.1 })).toThrow('labels[0] is 2')
  expect(() => flipLabels([1], { rate: 2 })).toThrow('rate is 2; expected a finite number from 0 to 1')
  expect(() => flipWorstLabels([1], [1, 2], { budget: 1 })).toThrow('deltas has 2 values and labels has 1')
  expect(() => flipWorstLabels([1], [1], { budget: 0.5 })).toThrow(
    'budget is 0.5; expected an integer of at least 0',
  )
  expect(() => worstCaseThreshold([Number.NaN], { rate: 0 })).toThrow('deltas[0] is NaN')
})
