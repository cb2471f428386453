import fc from 'fast-check'
import { expect, test } from 'vitest'
import { annotationErrorRate } from '../annotators/annotation-error-rate'
import { comparisonsOf } from '../annotators/comparisons-of'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { streamOf } from '../random/streams'
import { fiveErrors } from '../testing/sampling-error'
import { bestVsWorstPairs, unusedPair } from './best-vs-worst-pairs'
import { crossPromptPairs } from './cross-prompt-pairs'
import { diversifiedPairs } from './diversified-pairs'
import { type Pair, type PairSequence, type PairSequenceOptions, pairColumns } from './pair-sequence'
import { randomPairs } from './random-pairs'
import type { ResponseTable } from './response-table'
import { samePromptPairs } from './same-prompt-pairs'
import { similarPairs } from './similar-pairs'
import { topVsRestPairs } from './top-vs-rest-pairs'

type Design = (table: ResponseTable, options?: PairSequenceOptions) => PairSequence

/** Which of a table's pairs a design has in all, listed. */
interface Case {
  design: Design
  allows: (table: ResponseTable, a: number, b: number) => boolean
}

const same = ({ prompts }: ResponseTable, a: number, b: number) => prompts[a] === prompts[b]
const rank = (table: ResponseTable, row: number) =>
  Array.from(table.scores!).filter((score, i) => same(table, i, row) && score > table.scores![row]!).length
const sizeAt = ({ prompts }: ResponseTable, row: number) =>
  Array.from(prompts).filter((p) => p === prompts[row]).length
const all = Number.POSITIVE_INFINITY

const cases: Record<string, Case> = {
  random: { design: randomPairs, allows: () => true },
  samePrompt: { design: samePromptPairs, allows: same },
  samePromptByPairs: {
    design: (table, options) => samePromptPairs(table, { ...options, balance: 'pairs' }),
    allows: same,
  },
  crossPrompt: { design: crossPromptPairs, allows: (table, a, b) => !same(table, a, b) },
  crossPromptByPairs: {
    design: (table, options) => crossPromptPairs(table, { ...options, balance: 'pairs' }),
    allows: (table, a, b) => !same(table, a, b),
  },
  crossPromptExtremes: {
    design: (table, options) => crossPromptPairs(table, { ...options, ranks: 'extremes' }),
    allows: (table, a, b) =>
      !same(table, a, b) && [a, b].every((row) => [0, sizeAt(table, row) - 1].includes(rank(table, row))),
  },
  samePromptAtRanks: {
    design: (table, options) => samePromptPairs(table, { ...options, ranks: [0, 2, 2, 5] }),
    allows: (table, a, b) => same(table, a, b) && [a, b].every((row) => [0, 2, 5].includes(rank(table, row))),
  },
  similar: {
    design: (table, options) => similarPairs(table, { ...options, perPrompt: all }),
    allows: same,
  },
  closest: {
    design: (table, options) => similarPairs(table, { ...options, perPrompt: all, similarity: 'closest' }),
    allows: (table, a, b) => same(table, a, b) && Math.abs(rank(table, a) - rank(table, b)) === 1,
  },
  diversified: {
    design: (table, options) => diversifiedPairs(table, { ...options, perPrompt: all }),
    allows: same,
  },
  topVsRest: {
    design: (table, options) => topVsRestPairs(table, { ...options, top: 2 }),
    allows: (table, a, b) => same(table, a, b) && [a, b].filter((row) => rank(table, row) < 2).length === 1,
  },
  bestVsWorst: {
    design: (table, options) => bestVsWorstPairs(table, { ...options, k: 3 }),
    allows: (table, a, b) =>
      same(table, a, b) && Math.abs(rank(table, a) - rank(table, b)) >= Math.min(3, sizeAt(table, a)) - 1,
  },
}

const keyOfPair = ({ first, second }: Pair) => `${Math.min(first, second)}-${Math.max(first, second)}`

/** Up to 24 responses to up to five prompts, scores all different. */
const tables = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 24 }).chain((prompts) =>
  fc
    .uniqueArray(fc.integer({ min: -99, max: 99 }), {
      minLength: prompts.length,
      maxLength: prompts.length,
    })
    .map((scores) => ({ prompts, scores })),
)

const rows = (table: ResponseTable) => Array.from(table.prompts, (_, row) => row)

test.each(Object.entries(cases))('%s gives every pair it may once, and no other', (_, { design, allows }) => {
  fc.assert(
    fc.property(tables, fc.maxSafeInteger(), (table, seed) => {
      const sequence = design(table, { seed })
      const pairs = [...sequence]
      const expected = rows(table).flatMap((b) =>
        rows(table)
          .filter((a) => a < b && allows(table, a, b))
          .map((a) => `${a}-${b}`),
      )
      expect(pairs.map(keyOfPair).sort()).toEqual(expected.sort())
      expect(sequence.available).toBe(expected.length)
      expect(sequence.length).toBe(expected.length)
    }),
    { numRuns: 60 },
  )
})

test.each(Object.entries(cases))(
  '%s: same seed same pairs, a smaller budget is a prefix, names of prompts do not count',
  (_, { design }) => {
    fc.assert(
      fc.property(tables, fc.maxSafeInteger(), fc.integer({ min: 0, max: 60 }), (table, seed, budget) => {
        const sequence = design(table, { seed, budget })
        const pairs = [...sequence]
        expect(pairs).toHaveLength(Math.min(budget, sequence.available))
        expect(sequence.length).toBe(pairs.length)
        expect([...sequence]).toEqual(pairs)
        expect([...design(table, { seed })].slice(0, budget)).toEqual(pairs)
        const renamed = { ...table, prompts: table.prompts.map((prompt) => `prompt ${7 - prompt}`) }
        expect([...design(renamed, { seed, budget })]).toEqual(pairs)
      }),
      { numRuns: 40 },
    )
  },
)

/** Ten responses to each of so many prompts; scores fall with the row. */
const tens = (prompts: number): ResponseTable => ({
  prompts: Array.from({ length: 10 * prompts }, (_, row) => Math.floor(row / 10)),
  scores: Array.from({ length: 10 * prompts }, (_, row) => -(row % 10)),
})

const ranksOf = (pairs: Iterable<Pair>) =>
  Array.from(pairs, ({ first, second }) => [first % 10, second % 10].sort().join('-'))

test("the paper's pairs: ranks 4 and 5 of ten, ranks 0 and 9, once for each prompt", () => {
  expect(ranksOf(similarPairs(tens(8)))).toEqual(new Array(8).fill('4-5'))
  expect(ranksOf(diversifiedPairs(tens(8)))).toEqual(new Array(8).fill('0-9'))
  expect(ranksOf(samePromptPairs(tens(8), { ranks: 'middle' }))).toEqual(new Array(8).fill('4-5'))
  const crossed = crossPromptPairs(tens(8), { ranks: 'middle' })
  expect(crossed.available).toBe((16 * 14) / 2)
  expect(new Set(ranksOf(crossed))).toEqual(new Set(['4-4', '4-5', '5-5']))
})

test('similar pairs go from the middle outwards, diversified ones from the ends inwards', () => {
  const options = { perPrompt: 12 }
  const outwards = '4-5 5-6 3-4 6-7 2-3 7-8 1-2 8-9 0-1 3-5 4-6 2-4'
  expect(ranksOf(similarPairs(tens(1), options)).join(' ')).toBe(outwards)
  const inwards = '0-9 0-8 1-9 1-8 2-9 0-7 1-7 2-8 0-6 3-9 2-7 3-8'
  expect(ranksOf(diversifiedPairs(tens(1), options)).join(' ')).toBe(inwards)
})

test('the closest pair is the one with the smallest difference of scores', () => {
  const table = { prompts: ['a', 'a', 'a', 'a'], scores: [1, 5, 4.5, 2] }
  const pairs = similarPairs(table, { similarity: 'closest', perPrompt: 2 })
  expect([...pairs].map(keyOfPair)).toEqual(['1-2', '0-3'])
})

test('balanced designs give each prompt its turn before any has another', () => {
  for (const design of [samePromptPairs, topVsRestPairs, bestVsWorstPairs]) {
    const prompts = [...design(tens(50), { budget: 150 })].map(({ first }) => Math.floor(first / 10))
    for (const round of [0, 50, 100]) expect(new Set(prompts.slice(round, round + 50)).size).toBe(50)
  }
})

test('over seeds, each pair is as likely to come first, and each side to be the first', () => {
  const table = { prompts: [0, 0, 0, 0, 1, 1, 1, 2], scores: [8, 7, 6, 5, 4, 3, 2, 1] }
  const draws = 20_000
  const uniform = {
    random: [randomPairs(table).available, (seed: number) => randomPairs(table, { seed, budget: 1 })],
    same: [9, (seed: number) => samePromptPairs(table, { seed, budget: 1, balance: 'pairs' })],
    cross: [19, (seed: number) => crossPromptPairs(table, { seed, budget: 1, balance: 'pairs' })],
    top: [
      3,
      (seed: number) => topVsRestPairs({ prompts: [0, 0, 0, 0], scores: [1, 2, 3, 4] }, { seed, budget: 1 }),
    ],
  } as const
  for (const [pairs, design] of Object.values(uniform)) {
    const counts = new Map<string, number>()
    let ascending = 0
    for (let seed = 0; seed < draws; seed++) {
      const [pair] = [...design(seed)]
      counts.set(keyOfPair(pair!), (counts.get(keyOfPair(pair!)) ?? 0) + 1)
      ascending += Number(pair!.first < pair!.second)
    }
    expect(counts.size).toBe(pairs)
    for (const count of counts.values()) {
      expect(Math.abs(count / draws - 1 / pairs)).toBeLessThan(fiveErrors(1 / pairs, draws))
    }
    expect(Math.abs(ascending / draws - 0.5)).toBeLessThan(fiveErrors(0.5, draws))
  }
})

test('balanced cross-prompt pairs: partners are uniform over the responses of other prompts', () => {
  const draws = 20_000
  const prompts = [0, 0, 1, 1, 2, 2]
  const counts = new Map<string, number>()
  for (let seed = 0; seed < draws; seed++) {
    const [pair] = [...crossPromptPairs({ prompts }, { seed, budget: 1 })]
    counts.set(keyOfPair(pair!), (counts.get(keyOfPair(pair!)) ?? 0) + 1)
  }
  expect(counts.size).toBe(12)
  for (const count of counts.values()) {
    expect(Math.abs(count / draws - 1 / 12)).toBeLessThan(fiveErrors(1 / 12, draws))
  }
})

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

test('best of k against worst of k comes as often as C(j − i − 1, k − 2)/C(n, k)', () => {
  const [n, k, draws] = [7, 3, 30_000]
  const scores = Array.from({ length: n }, (_, row) => -row)
  const table = { prompts: new Array(n).fill('p'), scores }
  const counts = new Map<string, number>()
  for (let seed = 0; seed < draws; seed++) {
    const [pair] = [...bestVsWorstPairs(table, { k, seed, budget: 1 })]
    counts.set(keyOfPair(pair!), (counts.get(keyOfPair(pair!)) ?? 0) + 1)
  }
  for (let i = 0; i < n; i++) {
    for (let j = i + k - 1; j < n; j++) {
      const expected = choose(j - i - 1, k - 2) / choose(n, k)
      expect(Math.abs((counts.get(`${i}-${j}`) ?? 0) / draws - expected)).toBeLessThan(
        fiveErrors(expected, draws),
      )
    }
  }
  expect(ranksOf(bestVsWorstPairs(tens(3), { k: 10 }))).toEqual(new Array(3).fill('0-9'))
})

test('where draws keep giving used pairs, what is left is drawn in the same proportions', () => {
  const [n, k, draws] = [7, 3, 30_000]
  const used = new Set([0 * n + 6, 1 * n + 5])
  const left = Array.from({ length: n }, (_, i) => i).flatMap((i) =>
    Array.from({ length: n }, (_, j) => [i, j] as const).filter(
      ([, j]) => j - i >= k - 1 && !used.has(i * n + j),
    ),
  )
  const weight = ([i, j]: readonly [number, number]) => choose(j - i - 1, k - 2)
  const total = left.reduce((sum, pair) => sum + weight(pair), 0)
  const generator = streamOf(9)
  const counts = new Map<string, number>()
  for (let draw = 0; draw < draws; draw++) {
    const pair = unusedPair(n, k, used, generator).join('-')
    counts.set(pair, (counts.get(pair) ?? 0) + 1)
  }
  expect(counts.size).toBe(left.length)
  for (const pair of left) {
    const expected = weight(pair) / total
    expect(Math.abs(counts.get(pair.join('-'))! / draws - expected)).toBeLessThan(fiveErrors(expected, draws))
  }
})

test('equal scores are ordered by the seed, not by the table', () => {
  const table = { prompts: [0, 0, 0, 0], scores: [1, 1, 1, 1] }
  const firsts = Array.from({ length: 200 }, (_, seed) =>
    keyOfPair([...diversifiedPairs(table, { seed })][0]!),
  )
  expect(new Set(firsts).size).toBe(6)
})

test('a million pairs of a hundred thousand responses, each once', () => {
  const prompts = Int32Array.from({ length: 100_000 }, (_, row) => Math.floor(row / 10))
  const scores = Float64Array.from(prompts, (_, row) => (row * 7919) % 1000)
  const budget = 1_000_000
  for (const design of [randomPairs, samePromptPairs, crossPromptPairs]) {
    const { first, second } = pairColumns(design({ prompts, scores }, { budget, seed: 3 }))
    const seen = new Float64Array(first.length).map((_, i) => {
      return Math.min(first[i]!, second[i]!) * 1e5 + Math.max(first[i]!, second[i]!)
    })
    seen.sort()
    expect(seen.length).toBe(Math.min(budget, 450_000 + (design === samePromptPairs ? 0 : budget)))
    expect(seen.some((number, i) => number === seen[i + 1])).toBe(false)
    expect(first.some((row, i) => row === second[i])).toBe(false)
  }
})

test('designs differ in annotation error as the README says: similar, same, cross, diversified', () => {
  const rows = Array.from({ length: 5000 }, (_, row) => row)
  const prompts = rows.map((row) => Math.floor(row / 10))
  const scores = rows.map((row) => 2 * Math.sin(prompts[row]! ** 2) + Math.sin(row ** 2))
  const rates = [similarPairs, samePromptPairs, crossPromptPairs, diversifiedPairs].map((design) => {
    const pairs = pairColumns(design({ prompts, scores }, { budget: 500 }))
    return annotationErrorRate(comparisonsOf({ scores }, pairs), logisticAnnotator({ beta: 2 })).toFixed(3)
  })
  expect(rates).toEqual(['0.388', '0.214', '0.115', '0.026'])
})

test('what does not fit is refused by name', () => {
  const table = { prompts: ['a', 'a', 'b'] }
  expect(() => similarPairs(table)).toThrow('scores is undefined; expected a score of each response')
  expect(() => samePromptPairs(table, { budget: -1 })).toThrow(
    'budget is -1; expected an integer of at least 0',
  )
  expect(() => samePromptPairs(table, { seed: 0.5 })).toThrow('seed is 0.5')
  expect(() => crossPromptPairs(table, { balance: 'all' as never })).toThrow('balance is the string "all"')
  expect(() => crossPromptPairs(table, { ranks: 'middel' as never })).toThrow('ranks is the string "middel"')
  expect(() => samePromptPairs({ ...table, scores: [1, 2, 3] }, { ranks: [-1] })).toThrow('ranks[0] is -1')
  expect(() => randomPairs({ prompt: [1] } as never)).toThrow('table: no prompt; expected one of prompts')
  expect(() => randomPairs({} as never)).toThrow('prompts is undefined')
  expect(() => randomPairs({ ...table, scores: [1] })).toThrow('scores has 1 values and prompts has 3')
  expect(() => similarPairs({ ...table, scores: [1, Number.NaN, 0] })).toThrow('scores[1] is NaN')
  expect(() => samePromptPairs({ prompts: [Number.NaN] })).toThrow('prompts[0] is NaN')
  expect(() => topVsRestPairs({ ...table, scores: [1, 2, 3] }, { top: 0 })).toThrow('top is 0')
  expect(() => bestVsWorstPairs({ ...table, scores: [1, 2, 3] }, { k: 1 })).toThrow('k is 1')
  expect(() => diversifiedPairs({ ...table, scores: [1, 2, 3] }, { perPrompt: 0 })).toThrow('perPrompt is 0')
  expect(() => randomPairs({ ...table, features: [[1], [1, 2], [1]] })).toThrow('features[1] has 2 values')
})
