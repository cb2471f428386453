import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EvalsError } from './evals-error'
import { type PairwiseAccuracyOptions, pairwiseAccuracy } from './pairwise-accuracy'

const chosen = [3, 1, 2, 2, 5]
const rejected = [1, 2, 2, 2, 4]

test.each([
  ['wrong', 2 / 5, 5],
  ['half', 3 / 5, 5],
  ['exclude', 2 / 3, 3],
] as const)('ties count %s', (ties, accuracy, total) => {
  const result = pairwiseAccuracy(chosen, rejected, { ties })
  expect(result).toMatchObject({ accuracy, total, correct: 2, wrong: 1, ties: 2, tieRule: ties })
  expect(result.bootstrap).toBeUndefined()
})

test('groups ask for a bootstrap over them, also when tied rows are left out', () => {
  const result = pairwiseAccuracy(chosen, rejected, { groups: ['a', 'a', 'b', 'c', 'c'], ties: 'exclude' })
  expect(result.bootstrap?.clusters).toBe(2)
  expect(pairwiseAccuracy(chosen, rejected, { bootstrap: true }).bootstrap?.clusters).toBe(5)
})

test('there is no bootstrap of a single cluster', () => {
  const groups = ['a', 'a', 'b', 'b', 'a']
  expect(pairwiseAccuracy(chosen, rejected, { groups }).bootstrap?.clusters).toBe(2)
  // Rows 2 and 3, the whole of b, are ties.
  expect('bootstrap' in pairwiseAccuracy(chosen, rejected, { groups, ties: 'exclude' })).toBe(false)
  expect('bootstrap' in pairwiseAccuracy([1], [0], { bootstrap: true })).toBe(false)
})

test('any increasing map of all scores changes nothing, and swapping sides swaps right and wrong', () => {
  const scores = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })), {
    minLength: 1,
  })
  fc.assert(
    fc.property(scores, (pairs) => {
      const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)]
      const plain = pairwiseAccuracy(a, b)
      expect(
        pairwiseAccuracy(
          a.map((x) => x ** 3 + 7),
          b.map((x) => x ** 3 + 7),
        ),
      ).toEqual(plain)
      const swapped = pairwiseAccuracy(b, a)
      expect([swapped.correct, swapped.wrong, swapped.ties]).toEqual([plain.wrong, plain.correct, plain.ties])
    }),
  )
})

test('takes typed arrays', () => {
  expect(pairwiseAccuracy(Float32Array.of(1, 2), Float32Array.of(0, 3)).accuracy).toBe(0.5)
})

test.each([
  [[], [], {}, 'EMPTY', 'chosenScores is empty'],
  [
    [1, 2],
    [1],
    {},
    'LENGTH_MISMATCH',
    'rejectedScores has 1 values and chosenScores has 2; expected as many',
  ],
  [[1, Number.NaN], [1, 2], {}, 'NOT_FINITE', 'chosenScores[1] is NaN; expected a finite number'],
  [['1'], [1], {}, 'NOT_FINITE', 'chosenScores[0] is the string "1"; expected a finite number'],
  [[1], [1], { confidence: '0.9' }, 'OUT_OF_RANGE', 'confidence is the string "0.9"; expected a number'],
  [[1], [Number.NEGATIVE_INFINITY], {}, 'NOT_FINITE', 'rejectedScores[0] is -Infinity'],
  [[1, 1], [1, 1], { ties: 'exclude' }, 'EMPTY', 'all 2 comparisons are ties'],
  [[1, 2], [1, 1], { groups: ['a'] }, 'LENGTH_MISMATCH', 'groups has 1 values and chosenScores has 2'],
] as const)('refuses %j %j %j', (a, b, options, code, message) => {
  try {
    pairwiseAccuracy(a as readonly number[], b, options as PairwiseAccuracyOptions)
    expect.unreachable()
  } catch (error) {
    expect(EvalsError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) })
  }
})

test('an unknown tie rule is named', () => {
  const ties = 'maybe' as 'half'
  expect(() => pairwiseAccuracy([1], [0], { ties })).toThrow('ties is maybe; expected wrong, half, exclude')
})

test('isInstance knows the error of another copy of the package and nothing else', () => {
  const other = Object.assign(new Error('x'), { [Symbol.for('prefkit.evals.error')]: true })
  expect(EvalsError.isInstance(other)).toBe(true)
  expect(EvalsError.isInstance(new Error('x'))).toBe(false)
  expect(EvalsError.isInstance(null)).toBe(false)
})
