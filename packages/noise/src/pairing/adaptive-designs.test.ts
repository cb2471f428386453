import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { perfectAnnotator } from '../annotators/perfect-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { activeDesign } from './active-design'
import { knockOutDesign } from './knock-out-design'
import type { Pair } from './pair-sequence'
import {
  type AdaptiveDesign,
  answeredComparisons,
  emptyHistory,
  extendHistory,
  recordLabels,
} from './pairing-history'
import { createPairingSession, type PairingSession } from './pairing-session'
import type { ResponseTable } from './response-table'
import { swissDesign } from './swiss-design'
import { thompsonDesign } from './thompson-design'

interface Case {
  design: (table: ResponseTable, seed: number) => AdaptiveDesign
  /** How many pairs it asks of so many responses that meet among themselves. */
  total: (size: number) => number
  crosses?: boolean
}

const pairsAmong = (n: number) => (n * (n - 1)) / 2
const everything = { rounds: Number.POSITIVE_INFINITY } as const

const cases: Record<string, Case> = {
  swiss: { design: (table, seed) => swissDesign(table, { seed, ...everything }), total: pairsAmong },
  swissTable: {
    design: (table, seed) => swissDesign(table, { seed, scope: 'table', ...everything }),
    total: pairsAmong,
    crosses: true,
  },
  knockOut: { design: (table, seed) => knockOutDesign(table, { seed }), total: (n) => Math.max(0, n - 1) },
  knockOutTable: {
    design: (table, seed) => knockOutDesign(table, { seed, scope: 'table' }),
    total: (n) => Math.max(0, n - 1),
    crosses: true,
  },
  entropy: {
    design: (table, seed) => activeDesign(table, { seed, criterion: 'entropy' }),
    total: pairsAmong,
  },
  variance: {
    design: (table, seed) => activeDesign(table, { seed, criterion: 'variance', pairs: 'any' }),
    total: pairsAmong,
    crosses: true,
  },
  dOptimal: { design: (table, seed) => activeDesign(table, { seed }), total: pairsAmong },
  thompson: { design: (table, seed) => thompsonDesign(table, { seed }), total: pairsAmong },
  thompsonTable: {
    design: (table, seed) => thompsonDesign(table, { seed, scope: 'table' }),
    total: pairsAmong,
    crosses: true,
  },
}

/** What an annotator says of pairs under these scores; wrong or tied now and then. */
const answer = (scores: readonly number[], pairs: readonly Pair[], seed: number) => {
  const labels = simulateAnnotations(
    pairs.map(({ first, second }) => scores[first]! - scores[second]!),
    logisticAnnotator({ beta: 1 }),
    { seed },
  )
  return labels.map((label, i) => ((seed + i) % 7 === 0 ? 0 : label))
}

/** Asks until there is nothing more, batch after batch. */
function run(session: PairingSession, batch: number, label: (pairs: Pair[]) => ArrayLike<number>): Pair[] {
  const asked: Pair[] = []
  for (;;) {
    const pairs = session.propose(batch)
    if (pairs.length === 0) return asked
    asked.push(...pairs)
    session.record(label(pairs))
  }
}

const numberOf = ({ first, second }: Pair) => Math.min(first, second) * 100 + Math.max(first, second)
const tables = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 14 })

const sizes = (prompts: readonly number[]) => [0, 1, 2].map((p) => prompts.filter((q) => q === p).length)

test.each(Object.entries(cases))(
  '%s asks each pair once, within its scope, until there is nothing left',
  (_, { design, total, crosses }) => {
    const budgets = fc.integer({ min: 0, max: 120 })
    fc.assert(
      fc.property(
        tables,
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 9 }),
        budgets,
        (prompts, seed, batch, budget) => {
          const scores = prompts.map((_, row) => (row * 5) % 7)
          const session = createPairingSession(design({ prompts }, seed), { budget })
          const asked = run(session, batch, (pairs) => answer(scores, pairs, seed + session.remaining))
          const expected = (crosses ? [prompts.length] : sizes(prompts)).reduce((sum, n) => sum + total(n), 0)
          expect(asked).toHaveLength(Math.min(budget, expected))
          expect(new Set(asked.map(numberOf)).size).toBe(asked.length)
          for (const { first, second } of asked) {
            expect(first).not.toBe(second)
            if (!crosses) expect(prompts[first]).toBe(prompts[second])
          }
        },
      ),
      { numRuns: 40 },
    )
  },
)

test.each(Object.entries(cases))(
  '%s goes on from JSON as if it had never stopped, and proposes nothing twice while labels are out',
  (_, { design }) => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 0, max: 1e6 }), (prompts, seed) => {
        const scores = prompts.map((_, row) => (row * 5) % 7)
        let session = createPairingSession(design({ prompts }, seed))
        const whole = createPairingSession(design({ prompts }, seed))
        for (let round = 0; round < 6; round++) {
          const early = session.propose(2)
          const late = session.propose(3)
          expect([...early, ...late]).toHaveLength(new Set([...early, ...late].map(numberOf)).size)
          expect([whole.propose(2), whole.propose(3)]).toEqual([early, late])
          // Labels that come in another order, and of pairs seen from the other side.
          const turned = [...late, ...early].map(({ first, second }) => ({ first: second, second: first }))
          session.record(
            answer(scores, turned, 0).map((label) => label),
            turned,
          )
          whole.record(answer(scores, turned, 0), turned)
          session = createPairingSession(design({ prompts }, seed), {
            history: JSON.parse(JSON.stringify(session.history)),
          })
        }
      }),
      { numRuns: 25 },
    )
  },
)

test('what prompts are called has no influence', () => {
  const prompts = [2, 0, 2, 1, 0, 2, 0, 1, 2]
  for (const { design } of Object.values(cases)) {
    const renamed = { prompts: prompts.map((prompt) => `p${9 - prompt}`) }
    expect(design(renamed, 5).propose(emptyHistory, 6)).toEqual(
      design({ prompts }, 5).propose(emptyHistory, 6),
    )
  }
})

const byScore = (scores: readonly number[]) => (pairs: readonly Pair[]) =>
  simulateAnnotations(
    pairs.map(({ first, second }) => scores[first]! - scores[second]!),
    perfectAnnotator(),
  )

test.each([1, 2, 3, 4, 5])(
  'of 2^%d, everybody plays in each Swiss round, and one is left who won all',
  (k) => {
    const size = 2 ** k
    const scores = Array.from({ length: size }, (_, row) => (row * 37) % 101)
    for (let seed = 0; seed < 20; seed++) {
      const session = createPairingSession(swissDesign({ prompts: new Array(size).fill(0) }, { seed }))
      const wins = new Array<number>(size).fill(0)
      for (let round = 0; round < k; round++) {
        const pairs = session.propose(1000)
        expect(pairs).toHaveLength(size / 2)
        expect(new Set(pairs.flatMap(({ first, second }) => [first, second])).size).toBe(size)
        // Later on those of the same points may all have met.
        if (round < 2) for (const { first, second } of pairs) expect(wins[first]).toBe(wins[second])
        const labels = byScore(scores)(pairs)
        session.record(labels)
        pairs.forEach(({ first, second }, i) => {
          wins[labels[i] === 1 ? first : second]! += 1
        })
      }
      expect(session.propose(1)).toEqual([])
      expect(wins[scores.indexOf(Math.max(...scores))]).toBe(k)
      expect(wins.filter((won) => won === k)).toHaveLength(1)
    }
  },
)

/** The most pairs that have not met and share nobody, by trying all. */
function mostPairs(rows: readonly number[], met: ReadonlySet<number>): number {
  const [a, ...rest] = rows
  if (a === undefined) return 0
  return rest.reduce(
    (most, b) =>
      met.has(numberOf({ first: a, second: b }))
        ? most
        : Math.max(
            most,
            1 +
              mostPairs(
                rest.filter((row) => row !== b),
                met,
              ),
          ),
    mostPairs(rest, met),
  )
}

test('every Swiss round has as many new pairs as can be, to the end; sitting out goes round', () => {
  for (const size of [3, 4, 5, 6, 7, 8]) {
    for (let seed = 0; seed < 6; seed++) {
      const design = swissDesign({ prompts: new Array(size).fill('p') }, { seed, ...everything })
      const session = createPairingSession(design)
      const met = new Set<number>()
      const out = new Array<number>(size).fill(0)
      for (let round = 0; met.size < pairsAmong(size); round++) {
        const pairs = session.propose(1000)
        expect(pairs).toHaveLength(mostPairs([...out.keys()], met))
        for (const pair of pairs) met.add(numberOf(pair))
        for (const row of out.keys())
          out[row]! += Number(!pairs.some((p) => p.first === row || p.second === row))
        session.record(answer([...out.keys()], pairs, seed + round))
        // While all can play but one, nobody sits out twice before all have once.
        if (size % 2 === 1 && round < (size - 1) / 2) expect(Math.max(...out)).toBe(1)
      }
    }
  }
})

test('a knock-out has one who never lost, the best where labels are right, and ties end by lot', () => {
  for (const size of [2, 3, 5, 8, 13, 33]) {
    const prompts = new Array(size).fill(0)
    const scores = prompts.map((_, row) => (row * 37) % 101)
    const session = createPairingSession(knockOutDesign({ prompts }, { seed: size }))
    run(session, 4, byScore(scores))
    const { first, second, outcomes } = answeredComparisons(session.history)
    const lost = new Set(outcomes.map((outcome, i) => (outcome === 1 ? second[i] : first[i])))
    expect(lost.size).toBe(size - 1)
    expect(lost.has(scores.indexOf(Math.max(...scores)))).toBe(false)
    const tied = createPairingSession(knockOutDesign({ prompts }, { seed: size }))
    expect(run(tied, 4, (pairs) => pairs.map(() => 0))).toHaveLength(size - 1)
  }
})

test('prompts take turns: batches go to those that were asked least', () => {
  const prompts = Array.from({ length: 60 }, (_, row) => Math.floor(row / 6))
  for (const design of [knockOutDesign({ prompts }), thompsonDesign({ prompts }), swissDesign({ prompts })]) {
    const session = createPairingSession(design)
    const asked = run(session, 10, (pairs) => pairs.map(() => 1)).slice(0, 30)
    const counts = new Array<number>(10).fill(0)
    for (const { first } of asked) counts[prompts[first]!]! += 1
    expect(counts).toEqual(new Array(10).fill(3))
  }
})

test('what does not fit is refused by name', () => {
  const table = { prompts: [0, 0, 0] }
  const design = swissDesign(table)
  expect(() => swissDesign(table, { rounds: 0 })).toThrow('rounds is 0; expected an integer of at least 1')
  expect(() => knockOutDesign(table, { scope: 'prompts' as never })).toThrow('scope is the string "prompts"')
  expect(() => activeDesign(table, { criterion: 'a-optimal' as never })).toThrow('criterion is the string')
  expect(() => activeDesign(table, { pairs: 'all' as never })).toThrow('pairs is the string "all"')
  expect(() => activeDesign(table, { priorVariance: 0 })).toThrow('priorVariance is 0')
  expect(() => activeDesign(table, { pastAware: 1 as never })).toThrow(
    'pastAware is 1; expected true or false',
  )
  expect(() => thompsonDesign(table, { repeats: 'no' as never })).toThrow('repeats is the string "no"')
  expect(() => thompsonDesign(table, { repeat: true } as never)).toThrow('thompsonDesign: no repeat')
  const history = { first: [0], second: [3], labels: [null] }
  expect(() => design.propose(history, 1)).toThrow('history.second[0] is 3; expected an integer from 0 to 2')
  expect(() => design.propose(emptyHistory, -1)).toThrow('count is -1')
  const asked = extendHistory(emptyHistory, [{ first: 0, second: 1 }])
  expect(() => recordLabels(asked, [0.5])).toThrow('labels[0] is 0.5; expected 1 for the first')
  expect(() => recordLabels(asked, [1, 1])).toThrow('labels has 2 values; 1 pairs wait for one')
  expect(() => recordLabels(asked, [1], [{ first: 0, second: 2 }])).toThrow('pairs[0] is 0 and 2')
  expect(() => recordLabels(asked, [1], [])).toThrow('pairs has 0 values and labels has 1')
  expect(() => createPairingSession(design, { history: { ...asked, labels: [2] } })).toThrow(
    'history.labels[0] is 2',
  )
  expect(() => createPairingSession(design, { budget: 1.5 })).toThrow('budget is 1.5')
})
