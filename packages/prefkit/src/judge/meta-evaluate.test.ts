import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { JudgeRecord, JudgeVerdict } from '@prefkit/evals/judge-quality'
import type { PairJudgement } from '@prefkit/judges'
import {
  type Annotator,
  composeAnnotator,
  expectedChoices,
  logisticAnnotator,
  simulateAnnotations,
  withLengthBias,
  withPositionBias,
  withRandomFlips,
  withTies,
} from '@prefkit/noise'
import { describe, expect, test } from 'vitest'
import { metaEvaluateJudge } from './meta-evaluate'
import { judgeRecords } from './meta-evaluate-records'

const PAIRS = 600
const range = (count: number) => Array.from({ length: count }, (_, i) => i)

/** How much better a is, and how long both are: nothing drawn, so that what is true of a judge can be computed. */
const deltas = range(PAIRS).map((i) => 2 * Math.sin(1 + 7 * i))
const lengths = range(PAIRS).map((i) => [100 + ((37 * i) % 91), 100 + ((53 * i) % 83)] as const)

const labelOf = (pair: number) => (deltas[pair]! > 0 ? 'a' : 'b')

/** Every pair in both orders, `votes` times each in each of `runs`. */
function comparisons(votes: number, runs: number) {
  const asked = range(PAIRS).flatMap((pair) =>
    (['a', 'b'] as const).flatMap((first) =>
      range(runs).flatMap((run) => range(votes).map(() => ({ pair, first, run }))),
    ),
  )
  return {
    asked,
    columns: {
      deltas: asked.map(({ pair }) => deltas[pair]!),
      swapped: asked.map(({ first }) => first === 'b'),
      firstLengths: asked.map(({ pair }) => lengths[pair]![0]),
      secondLengths: asked.map(({ pair }) => lengths[pair]![1]),
    },
  }
}

const verdicts: Readonly<Record<number, JudgeVerdict>> = { 1: 'a', [-1]: 'b', 0: 'tie' }

function simulate(annotator: Annotator, { votes = 1, runs = 1, seed = 5 } = {}): JudgeRecord[] {
  const { asked, columns } = comparisons(votes, runs)
  const labels = simulateAnnotations(columns, annotator, { seed })
  return asked.map(({ pair, first, run }, i): JudgeRecord => {
    const [lengthA, lengthB] = lengths[pair]!
    return { pair, first, run, verdict: verdicts[labels[i]!]!, label: labelOf(pair), lengthA, lengthB }
  })
}

/** P(a), P(b), P(tie) of each pair, a first and b first. */
function chances(annotator: Annotator) {
  const { asked, columns } = comparisons(1, 1)
  const { first, second, tie } = expectedChoices(columns, annotator)
  const by = (wanted: 'a' | 'b') =>
    asked.flatMap((question, i) =>
      question.first === wanted ? [{ pair: question.pair, a: first[i]!, b: second[i]!, tie: tie[i]! }] : [],
    )
  return { a: by('a'), b: by('b') }
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** What front and back accuracy come to on average, a tie counting half. */
function placeAccuracy(annotator: Annotator) {
  const { a, b } = chances(annotator)
  const right = (chance: (typeof a)[number]) => chance[labelOf(chance.pair)] + chance.tie / 2
  const of = (isFront: boolean) => [
    ...a.filter(({ pair }) => (labelOf(pair) === 'a') === isFront).map(right),
    ...b.filter(({ pair }) => (labelOf(pair) === 'b') === isFront).map(right),
  ]
  return { front: mean(of(true)), back: mean(of(false)) }
}

const agreement = (one: { a: number; b: number; tie: number }, two: typeof one) =>
  one.a * two.a + one.b * two.b + one.tie * two.tie

const judges: Readonly<Record<string, Annotator>> = {
  'a good judge': logisticAnnotator({ beta: 3 }),
  'one who likes the first': composeAnnotator(
    logisticAnnotator({ beta: 2 }),
    withPositionBias({ strength: 0.8 }),
  ),
  'one who likes the second': composeAnnotator(logisticAnnotator(), withPositionBias({ strength: -0.5 })),
  'one whose answers are flipped': composeAnnotator(
    logisticAnnotator({ beta: 4 }),
    withRandomFlips({ rate: 0.2 }),
  ),
  'one who likes length': composeAnnotator(logisticAnnotator({ beta: 2 }), withLengthBias({ strength: 3 })),
  'one with ties': composeAnnotator(logisticAnnotator({ beta: 2 }), withTies({ threshold: 0.4 })),
}

const covers = (interval: { low: number; high: number } | null, truth: number) =>
  interval !== null && interval.low <= truth && truth <= interval.high

describe.each(Object.entries(judges))('%s', (_, annotator) => {
  const report = metaEvaluateJudge(simulate(annotator, { votes: 3, runs: 2 }), { confidence: 0.999 })
  const { a, b } = chances(annotator)

  test('front, back and their gap are what its probabilities say', () => {
    const { front, back } = placeAccuracy(annotator)
    expect(covers(report.position.front.interval, front)).toBe(true)
    expect(covers(report.position.back.interval, back)).toBe(true)
    expect(covers(report.position.gap.interval, front - back)).toBe(true)
  })

  test('votes on one question agree as two draws do', () => {
    const truth = mean([...a, ...b].map((chance) => agreement(chance, chance)))
    expect(covers(report.consistency.votes.agreement.interval, truth)).toBe(true)
    expect(report.consistency.votes.questions).toBe(4 * PAIRS)
  })

  test('both orders, and both runs, agree as two draws do', () => {
    const { consistency } = metaEvaluateJudge(simulate(annotator, { runs: 2, seed: 6 }), {
      confidence: 0.999,
    })
    const inRuns = mean([...a, ...b].map((chance) => agreement(chance, chance)))
    expect(covers(consistency.runs.agreement.interval, inRuns)).toBe(true)
    const inOrders = mean(a.map((chance, i) => agreement(chance, b[i]!)))
    expect(covers(consistency.orders.consistent.interval, inOrders)).toBe(true)
  })

  test('κ with labels is what its probabilities say', () => {
    const once = simulate(annotator, { seed: 8 }).filter(({ first }) => first === 'a')
    const { labels } = metaEvaluateJudge(once, { confidence: 0.999 }).chanceCorrected
    const labelled = (wanted: 'a' | 'b') => a.filter(({ pair }) => labelOf(pair) === wanted).length / PAIRS
    const observed = mean(a.map((chance) => chance[labelOf(chance.pair)]))
    const chosen = (wanted: 'a' | 'b') => mean(a.map((chance) => chance[wanted]))
    const expected = labelled('a') * chosen('a') + labelled('b') * chosen('b')
    expect(covers(labels.cohenKappa.interval, (observed - expected) / (1 - expected))).toBe(true)
    expect(labels.cohenKappa.items).toBe(PAIRS)
  })

  test('the report is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })
})

test('biases stand out from a judge without them', () => {
  const of = (name: string) => metaEvaluateJudge(simulate(judges[name]!))
  const good = of('a good judge')
  expect(covers(good.position.gap.interval, 0)).toBe(true)
  expect(of('one who likes the first').position.gap.interval!.low).toBeGreaterThan(0.1)
  expect(of('one who likes the second').position.gap.interval!.high).toBeLessThan(-0.1)
  const long = of('one who likes length').length!
  expect(long.chosenLonger.accuracy! - long.chosenShorter.accuracy!).toBeGreaterThan(0.1)
  expect(Math.abs(good.length!.chosenLonger.accuracy! - good.length!.chosenShorter.accuracy!)).toBeLessThan(
    0.1,
  )
  const flipped = of('one whose answers are flipped').chanceCorrected
  expect(flipped.orders.value!).toBeLessThan(good.chanceCorrected.orders.value! - 0.2)
})

test('95 % intervals cover what is true in about 95 % of simulations', () => {
  const annotator = judges['one who likes the first']!
  const { front, back } = placeAccuracy(annotator)
  const trials = 100
  const covered = range(trials).filter((seed) => {
    const { gap } = metaEvaluateJudge(simulate(annotator, { seed }), { seed, resamples: 200 }).position
    return covers(gap.interval, front - back)
  }).length
  // Pairs are the same in each trial, so that intervals, which draw them, are wide rather than narrow.
  expect(covered).toBeGreaterThanOrEqual(90)
})

test('people among themselves, and with the judge as one of them', () => {
  const people = [0, 1, 2].flatMap((annotator) => {
    const once = simulate(logisticAnnotator({ beta: 3 }), { seed: 20 + annotator })
    return once
      .filter(({ first }) => first === 'a')
      .map(({ pair, verdict }) => ({ pair, annotator, verdict: verdict as 'a' | 'b' }))
  })
  const of = (annotator: Annotator) =>
    metaEvaluateJudge(
      simulate(annotator).filter(({ first }) => first === 'a'),
      { humanVotes: people },
    ).chanceCorrected.people!
  const like = of(logisticAnnotator({ beta: 3 }))
  expect(covers(like.withJudge.interval, like.alone.value!)).toBe(true)
  const random = of(logisticAnnotator({ beta: 0 }))
  expect(random.alone).toEqual(like.alone)
  expect(random.withJudge.interval!.high).toBeLessThan(random.alone.interval!.low)
})

test('what cannot be had says why', () => {
  const { chanceCorrected } = metaEvaluateJudge([
    { pair: 1, first: 'a', verdict: 'a', label: 'a' },
    { pair: 2, first: 'a', verdict: 'a', label: 'a' },
  ])
  expect(chanceCorrected.orders).toEqual({
    value: null,
    standardError: null,
    interval: null,
    items: 0,
    reason: 'nothing was judged twice',
  })
  expect(chanceCorrected.labels.cohenKappa.value).toBe(null)
  expect(chanceCorrected.labels.cohenKappa.reason).toContain('all are the same')
  expect(chanceCorrected.people).toBe(null)
})

test('judgements become one record for each reading', () => {
  const usage = { requests: 2, inputTokens: 0, outputTokens: 0 } as unknown as PairJudgement['usage']
  const judgement: PairJudgement = {
    verdict: 'a',
    winProbability: 0.75,
    provenance: 'exact',
    readings: [
      { first: 'a', provenance: 'exact', winProbability: 1 },
      { first: 'b', provenance: 'exact', winProbability: 0.5 },
      { first: 'b', provenance: 'parsed', reason: 'no answer' },
    ],
    usage,
  }
  const scored: PairJudgement = { ...judgement, provenance: 'scores', readings: [] }
  expect(
    judgeRecords([
      { pair: 'x', label: 'a', judgement },
      { pair: 'y', judgement: scored },
    ]),
  ).toEqual([
    { pair: 'x', label: 'a', first: 'a', verdict: 'a', winProbability: 1 },
    { pair: 'x', label: 'a', first: 'b', verdict: 'tie', winProbability: 0.5 },
    { pair: 'x', label: 'a', first: 'b', verdict: 'abstained' },
    { pair: 'y', first: 'a', verdict: 'a', winProbability: 0.75 },
  ])
})

test('a tie by rounding is a tie in records, as in the verdict of the judge', () => {
  // The mean of three votes and of their complements, which need not add up to 1.
  const p = 0.5 + 2 ** -53 + 2 ** -52
  expect(p).not.toBe(0.5)
  const judgement: PairJudgement = {
    verdict: 'tie',
    winProbability: p,
    provenance: 'exact',
    readings: [
      { first: 'a', provenance: 'exact', winProbability: p },
      { first: 'b', provenance: 'exact', winProbability: 1 - p },
    ],
    usage: { calls: 2, cachedCalls: 0, promptTokens: 0, completionTokens: 0 },
  }
  expect(judgeRecords([{ pair: 'x', judgement }]).map(({ verdict }) => verdict)).toEqual(['tie', 'tie'])
})

test('votes of people are refused by place', () => {
  const vote: object = { pair: 1, annotator: 2, verdict: 'A' }
  const humanVotes = [vote as { pair: number; annotator: number; verdict: 'a' }]
  expect(() => metaEvaluateJudge([{ pair: 1, first: 'a', verdict: 'a' }], { humanVotes })).toThrow(
    'humanVotes[0] is {"pair":1,"annotator":2,"verdict":"A"}; expected a pair, an annotator and the verdict',
  )
})

interface Decisions {
  labels: Record<string, string>
  decisions: { subset: string; judge: string; strategy: string; winner: string; winnerSwapped: string }[]
}

const llmbar = (): Decisions => {
  const file = new URL('../../../evals/src/goldens/llmbar-decisions.json.gz', import.meta.url)
  return JSON.parse(gunzipSync(readFileSync(file)).toString())
}

describe('the recorded decisions on the 419 rows of LLMBar', () => {
  const { labels, decisions } = llmbar()
  const said: Readonly<Record<string, JudgeVerdict>> = { '0': 'abstained', '1': 'a', '2': 'b' }
  const recordsOf = (judge: string, strategy: string) =>
    decisions
      .filter((run) => run.judge === judge && run.strategy === strategy && run.subset.startsWith('LLMBar/'))
      .flatMap(({ subset, winner, winnerSwapped }) =>
        [...labels[subset]!].flatMap((label, i): JudgeRecord[] => {
          const about = { pair: `${subset} ${i}`, label: said[label] as 'a' | 'b' }
          return [
            { ...about, first: 'a', verdict: said[winner[i]!]! },
            { ...about, first: 'b', verdict: said[winnerSwapped[i]!]! },
          ]
        }),
      )

  // Accuracy and order consistency are published; the gap and κ, in which a judge that
  // contradicts itself says tie, follow from the same verdicts.
  test.each([
    ['GPT-4', 'Vanilla', 0.845, 0.928, 0.024, 0.644],
    ['GPT-4', 'Metrics_Reference', 0.872, 0.916, 0.05, 0.687],
    ['ChatGPT', 'Vanilla', 0.4, 0.659, 0.294, -0.15],
  ])('%s, %s', (judge, strategy, accuracy, consistent, gap, kappa) => {
    const report = metaEvaluateJudge(recordsOf(judge, strategy))
    const { front, back, votes } = report.position
    const right = (front.value! * votes.front + back.value! * votes.back) / (votes.front + votes.back)
    const { labels: withLabels, orders } = report.chanceCorrected
    expect(right).toBeCloseTo(accuracy, 2)
    expect(report.consistency.orders.consistent.value).toBeCloseTo(consistent, 2)
    expect(report.position.gap.value).toBeCloseTo(gap, 3)
    expect(withLabels.cohenKappa.value).toBeCloseTo(kappa, 3)
    expect(orders.items).toBe(419)
  })
})
