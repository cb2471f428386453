import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeConsistency } from './consistency'
import { judgeQuality } from './judge-quality'
import type { JudgeRecord, JudgeVerdict } from './judge-record'
import { labelAgreement } from './label-agreement'
import { positionBias } from './position-bias'
import { riskCoverage } from './risk-coverage'

/** A pair asked in both orders: what was said with a first, what with b first. */
const inBothOrders = (
  pair: number,
  label: 'a' | 'b' | 'tie',
  [withAFirst, withBFirst]: [JudgeVerdict, JudgeVerdict],
  more: Partial<JudgeRecord> = {},
): JudgeRecord[] => [
  { pair, first: 'a', verdict: withAFirst, label, ...more },
  { pair, first: 'b', verdict: withBFirst, label, ...more },
]

const four = [
  ...inBothOrders(0, 'a', ['a', 'a']),
  ...inBothOrders(1, 'b', ['a', 'b']),
  ...inBothOrders(2, 'a', ['a', 'tie']),
  ...inBothOrders(3, 'b', ['b', 'abstained']),
]

test('front and back accuracy, by hand', () => {
  const { front, back, gap, firstChosen, votes } = positionBias(four, { ties: 'wrong' })
  // The better one is first in records 0, 3, 4 and 7, of which 7 abstains; it is second in 1, 2, 5 and 6.
  expect(votes).toEqual({ front: 3, back: 4 })
  expect(front.value).toBe(1)
  expect(back.value).toBe(2 / 4)
  expect(gap.value).toBe(1 / 2)
  expect(firstChosen.value).toBe(4 / 6)
  expect(gap.interval).toMatchObject({ clusters: 4, confidence: 0.95 })
  expect(positionBias(four).back.value).toBe(2.5 / 4)
  expect(positionBias(four, { ties: 'exclude' }).back.value).toBe(2 / 3)
})

test('order consistency, by hand', () => {
  const { orders } = judgeConsistency(four)
  expect(orders).toMatchObject({
    consistent: { value: 1 / 3 },
    alwaysFirst: { value: 1 / 3 },
    alwaysSecond: { value: 0 },
    pairs: 3,
  })
})

test('agreement among votes of one question, by hand', () => {
  const votes = (pair: number, verdicts: JudgeVerdict[]) =>
    verdicts.map((verdict): JudgeRecord => ({ pair, first: 'a', verdict }))
  const { votes: found } = judgeConsistency([
    ...votes(0, ['a', 'a', 'b']),
    ...votes(1, ['b', 'b', 'abstained']),
    ...votes(2, ['tie']),
  ])
  expect(found.questions).toBe(2)
  expect(found.agreement.value).toBeCloseTo((1 / 3 + 1) / 2, 15)
  expect(found.majority.value).toBeCloseTo((2 / 3 + 1) / 2, 15)
})

test('test and retest, by hand', () => {
  const once = (pair: number, run: number, winProbability: number): JudgeRecord => {
    return { pair, run, first: 'a', verdict: winProbability > 0.5 ? 'a' : 'b', winProbability }
  }
  const { runs, votes } = judgeConsistency([
    once(0, 0, 0.9),
    once(1, 0, 0.6),
    once(2, 0, 0.1),
    once(0, 1, 0.8),
    once(1, 1, 0.4),
    once(3, 1, 0.4),
  ])
  expect(runs.questions).toBe(2)
  expect(runs.agreement.value).toBe(1 / 2)
  expect(runs.meanDifference.value).toBeCloseTo(0.15, 12)
  // Of (.9, .8), (.6, .4) and the same turned round: mean .675, deviations ±.
  const [x, y] = [
    [0.9, 0.8, 0.6, 0.4],
    [0.8, 0.9, 0.4, 0.6],
  ] as const
  const deviation = (values: readonly number[]) => values.map((value) => value - 0.675)
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const cross = sum(deviation(x).map((d, i) => d * deviation(y)[i]!))
  expect(runs.pearson).toBeCloseTo(cross / sum(deviation(x).map((d) => d * d)), 12)
  expect(votes.questions).toBe(0)
  expect(votes.agreement).toEqual({ value: null, interval: null })
})

test('agreement with labels counts ties and abstentions, by hand', () => {
  const records = [
    ...four,
    ...inBothOrders(4, 'tie', ['a', 'b']),
    ...inBothOrders(5, 'b', ['abstained', 'abstained']),
  ]
  const found = labelAgreement(records)
  // Opinions: a, tie, a, b, tie, abstained.
  expect(found.confusion).toEqual({
    a: { a: 2, b: 0, tie: 0, abstained: 0 },
    b: { a: 0, b: 1, tie: 1, abstained: 1 },
    tie: { a: 0, b: 0, tie: 1, abstained: 0 },
  })
  expect(found.agreement.value).toBe(4 / 5)
  expect(found.accuracy.value).toBe(3.5 / 4)
  expect(found.coverage.value).toBe(5 / 6)
  expect(found.judgedTies.value).toBe(2 / 5)
  expect(found.labelledTies.value).toBe(1 / 6)
  expect(labelAgreement(records, { ties: 'exclude' }).accuracy.value).toBe(1)
})

test('risk against coverage: every order of equally sure items has the mean area', () => {
  const { points, area } = riskCoverage([0.9, 0.5, 0.5, 0.1], [0, 1, 0, 1], 5)
  expect(points).toEqual([
    { threshold: 0.9, coverage: 1 / 5, risk: 0 },
    { threshold: 0.5, coverage: 3 / 5, risk: 1 / 3 },
    { threshold: 0.1, coverage: 4 / 5, risk: 1 / 2 },
  ])
  const riskOf = (losses: number[]) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  const areaOf = (losses: number[]) => riskOf(losses.map((_, i) => riskOf(losses.slice(0, i + 1))))
  expect(area).toBeCloseTo((areaOf([0, 1, 0, 1]) + areaOf([0, 0, 1, 1])) / 2, 14)
})

test('certainties that differ by rounding are one point, in whatever order their items come', () => {
  const [low, high] = [0.1 + 0.2, 0.3].sort() as [number, number]
  expect(low).not.toBe(high)
  const curve = riskCoverage([low, high], [0, 1])
  expect(curve.points).toHaveLength(1)
  expect(curve.area).toBe(riskCoverage([low, high], [1, 0]).area)
})

test('a certainty that says nothing risks what full coverage does', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1 }), (losses) => {
      const { points, area } = riskCoverage(new Float64Array(losses.length), losses)
      expect(points).toHaveLength(1)
      expect(area).toBeCloseTo(points[0]!.risk, 12)
    }),
  )
})

test('the whole report is plain data, with nulls for what records do not say', () => {
  const report = judgeQuality(four, { resamples: 20 })
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  expect(report.counts).toEqual({ records: 8, pairs: 4, abstained: 1, ties: 1 })
  expect(report.calibration).toBe(null)
  expect(report.length).toBe(null)
  expect(report.riskCoverage!.points.map(({ coverage, risk }) => [coverage, risk])).toEqual([
    [2 / 4, 0],
    [3 / 4, 0],
    [1, 0.5 / 4],
  ])
  const unlabelled = judgeQuality([{ pair: 1, first: 'a', verdict: 'a' }])
  expect(unlabelled).toMatchObject({ labels: null, riskCoverage: null, calibration: null, length: null })
  expect(unlabelled.position.front).toEqual({ value: null, interval: null })
})

test('names of responses do not matter: a and b may change places', () => {
  const verdict = fc.constantFrom<JudgeVerdict>('a', 'b', 'tie', 'abstained')
  const pairs = fc.array(
    fc.record({
      label: fc.constantFrom<'a' | 'b' | 'tie'>('a', 'b', 'tie'),
      verdicts: fc.tuple(verdict, verdict),
    }),
    { minLength: 2, maxLength: 12 },
  )
  const other = { a: 'b', b: 'a', tie: 'tie', abstained: 'abstained' } as const
  fc.assert(
    fc.property(pairs, (drawn) => {
      const records = drawn.flatMap(({ label, verdicts }, i) =>
        inBothOrders(i, label, verdicts, { lengthA: 2 * i, lengthB: 7 }),
      )
      const turned = records.map(
        (record): JudgeRecord => ({
          ...record,
          first: other[record.first],
          verdict: other[record.verdict],
          label: other[record.label!],
          lengthA: record.lengthB!,
          lengthB: record.lengthA!,
        }),
      )
      const [one, two] = [records, turned].map((of) => judgeQuality(of, { resamples: 5 }))
      expect(two!.position).toEqual(one!.position)
      expect(two!.consistency).toEqual(one!.consistency)
      expect(two!.length).toEqual(one!.length)
      expect(two!.labels!.accuracy).toEqual(one!.labels!.accuracy)
    }),
    { numRuns: 50 },
  )
})

test('length and calibration are those of opinions on labelled pairs', () => {
  const records = [0.9, 0.8, 0.3, 0.6].map((winProbability, pair): JudgeRecord => {
    const verdict = winProbability > 0.5 ? 'a' : 'b'
    return { pair, first: 'a', verdict, winProbability, label: 'a', lengthA: 10 - 3 * pair, lengthB: 5 }
  })
  const { length, calibration } = judgeQuality(records)
  expect(length!.chosenLonger).toMatchObject({ count: 2, accuracy: 1 })
  expect(length!.chosenShorter).toMatchObject({ count: 2, accuracy: 0.5 })
  expect(calibration!.brier).toBeCloseTo((0.1 ** 2 + 0.2 ** 2 + 0.7 ** 2 + 0.4 ** 2) / 4, 14)
})

test('records are refused by place and field', () => {
  const records = (change: object) => () => judgeQuality([four[0]!, { ...four[1]!, ...change }])
  expect(() => judgeQuality([])).toThrow('records is empty')
  expect(records({ verdict: 'A' })).toThrow(
    'records[1].verdict is the string "A"; expected a, b, tie or abstained',
  )
  expect(records({ winProbability: 2 })).toThrow(
    'records[1].winProbability is 2; expected a number from 0 to 1',
  )
  expect(records({ label: 'b' })).toThrow(
    'records[1].label is the string "b"; expected the string "a", as before',
  )
  expect(records({ pair: undefined })).toThrow('records[1].pair is undefined; expected a string or number')
  const misspelt: object = { tie: 'half' }
  expect(() => judgeQuality(four, misspelt)).toThrow('no option tie; expected one of ties')
  const odd: object = { ties: 'third' }
  expect(() => judgeQuality(four, odd)).toThrow('ties is third; expected wrong, half, exclude')
})
