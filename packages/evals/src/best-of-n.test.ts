import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestOfN, bestOfNKlUpperBound, bestOfNValue } from './best-of-n'
import { bestOfNByPermutation } from './best-of-n-by-permutation'
import { goldens } from './goldens/load-goldens'

/** Mean, over every subset of size n, of the golden score of its highest-scored members. */
function everySubset(scores: number[], golden: number[], n: number): number {
  const picked: number[] = []
  for (let mask = 0; mask < 1 << scores.length; mask++) {
    const members = scores.flatMap((_, i) => (mask & (1 << i) ? [i] : []))
    if (members.length !== n) continue
    const top = Math.max(...members.map((i) => scores[i]!))
    const best = members.filter((i) => scores[i] === top)
    picked.push(best.reduce((sum, i) => sum + golden[i]!, 0) / best.length)
  }
  return picked.reduce((sum, value) => sum + value, 0) / picked.length
}

test.each(goldens.bestOfN)(
  'is the enumeration over all subsets, made in Python',
  ({ scores, golden, values }) => {
    // Exact but for rounding of a dozen additions.
    for (const [i, value] of values.entries())
      expect(bestOfNValue(scores, golden, i + 1)).toBeCloseTo(value, 13)
  },
)

test('is the enumeration over all subsets, ties and all', () => {
  const response = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -50, max: 50 }))
  fc.assert(
    fc.property(fc.array(response, { minLength: 1, maxLength: 8 }), (responses) => {
      const [scores, golden] = [responses.map(([s]) => s), responses.map(([, g]) => g)]
      for (let n = 1; n <= scores.length; n++) {
        expect(bestOfNValue(scores, golden, n)).toBeCloseTo(everySubset(scores, golden, n), 10)
      }
    }),
  )
})

test('stays finite and exact for 500 responses', () => {
  const golden = Array.from({ length: 500 }, (_, i) => i + 1)
  // The maximum of n of 1 … N drawn without replacement has mean n(N + 1)/(n + 1).
  for (const n of [1, 2, 30, 250, 499, 500]) {
    expect(bestOfNValue(golden, golden, n)).toBeCloseTo((n * 501) / (n + 1), 9)
  }
})

test('the curve: base, improvement, oracle, ragged prompts', () => {
  const scores = [
    [1, 2, 3],
    [5, 4],
  ]
  const golden = [
    [0, 3, 6],
    [10, 20],
  ]
  const { base, points, prompts } = bestOfN({ scores, golden, n: [2, 1] })
  expect({ base, prompts }).toEqual({ base: 9, prompts: 2 })
  // Prompt 0: of {0,1},{0,2},{1,2} it picks 3, 6, 6. Prompt 1: it picks 10.
  expect(points[0]).toMatchObject({ n: 2, mean: 7.5, improvement: -1.5, oracle: 12.5 })
  expect(points[1]).toMatchObject({ n: 1, mean: 9, improvement: 0, oracle: 9, klUpperBound: 0 })
  expect(points[0]!.interval).toMatchObject({ low: -5, high: 2, clusters: 2 })
})

test('a model that ranks as the oracle does reaches it, and grows with n', () => {
  const golden = [[3, 1, 4, 1, 5, 9, 2, 6]]
  const { points } = bestOfN({ scores: [golden[0]!.map(Math.exp)], golden, n: [1, 2, 3, 4, 5, 6, 7, 8] })
  for (const [i, { mean, oracle }] of points.entries()) {
    expect(mean).toBeCloseTo(oracle, 12)
    if (i > 0) expect(mean).toBeGreaterThan(points[i - 1]!.mean)
  }
})

test('the KL bound is log n − (n − 1)/n', () => {
  expect(bestOfNKlUpperBound(1)).toBe(0)
  expect(bestOfNKlUpperBound(4)).toBeCloseTo(0.6362943611, 10)
  expect(() => bestOfNKlUpperBound(0.5)).toThrow('n is 0.5')
  expect(() => bestOfNKlUpperBound('2' as unknown as number)).toThrow(
    'n is the string "2"; expected a finite',
  )
})

test('the authors’ permutations agree within their own simulation error', () => {
  const scores = Array.from({ length: 20 }, (_, p) =>
    Array.from({ length: 32 }, (_, i) => Math.sin(p * 37 + i * 7.3)),
  )
  const golden = scores.map((row, p) => row.map((s, i) => s + Math.cos(p + i * 11.7)))
  const n = [16, 2, 8, 32]
  const exact = bestOfN({ scores, golden, n }).points
  const permuted = bestOfNByPermutation({ scores, golden, n }, { permutations: 400, seed: 5 })
  for (const [i, point] of permuted.entries()) {
    expect(point.n).toBe(n[i])
    // Four standard errors of the mean over permutations; at n = 32 nothing is left to chance.
    const slack = (4 * point.standardDeviation) / Math.sqrt(400) + 1e-12
    expect(Math.abs(point.mean - exact[i]!.mean)).toBeLessThan(slack)
    expect(Math.abs(point.improvement - exact[i]!.improvement)).toBeLessThan(slack)
  }
  expect(permuted[1]!.standardDeviation).toBeGreaterThan(permuted[3]!.standardDeviation)
  expect(bestOfNByPermutation({ scores, golden, n }, { permutations: 400, seed: 5 })).toEqual(permuted)
})

test.each([
  [{ scores: [], golden: [], n: [1] }, 'scores is empty'],
  [{ scores: [[1]], golden: [[1]], n: [] }, 'n is empty'],
  [{ scores: [[1, 2]], golden: [[1]], n: [1] }, 'golden[0] has 1 values and scores[0] has 2'],
  [{ scores: [[1]], golden: [[1], [2]], n: [1] }, 'golden has 2 values and scores has 1'],
  [{ scores: [[1, Number.NaN]], golden: [[1, 1]], n: [1] }, 'scores[0][1] is NaN'],
  [{ scores: [[1, 1], [1]], golden: [[1, 1], [1]], n: [2] }, 'n reaches 2 and scores[1] has 1 responses'],
  [{ scores: [[1]], golden: [[1]], n: [0] }, 'n[0] is 0; expected an integer of at least 1'],
])('refuses %j', (input, message) => {
  expect(() => bestOfN(input)).toThrow(message)
  expect(() => bestOfNByPermutation(input)).toThrow(message)
})
