import { expect, test } from 'vitest'
import { evaluateComparisons } from './evaluate-comparisons'

const input = {
  chosenScores: [2, 1, 0, 3, 1],
  rejectedScores: [1, 2, 0, 0, -1],
  chosenLengths: [30, 12, 8, 40, 9],
  rejectedLengths: [20, 15, 8, 10, 11],
  sources: ['chat', 'chat', 'chat', 'code', 'code'],
  groups: ['p', 'p', 'q', 'r', 's'],
}

test('gathers everything into data that survives JSON', () => {
  const report = evaluateComparisons(input)
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  expect(report).toMatchObject({
    comparisons: 5,
    accuracy: { accuracy: 3 / 5, ties: 1, bootstrap: { clusters: 4 } },
    margins: { mean: 1, median: 1, minimum: -1, maximum: 3 },
    length: { longerWins: { accuracy: 2.5 / 5 } },
    sources: [
      { source: 'chat', accuracy: { accuracy: 1 / 3, bootstrap: { clusters: 2 } } },
      { source: 'code', accuracy: { accuracy: 1 } },
    ],
  })
  expect(report.margins.standardDeviation).toBeCloseTo(Math.sqrt(2.5), 14)
  expect(report.meanSourceAccuracy).toBeCloseTo(2 / 3, 14)
})

test('gives no bootstrap to a source inside one group', () => {
  const { accuracy, sources } = evaluateComparisons({ ...input, groups: ['p', 'p', 'p', 'r', 's'] })
  expect(accuracy.bootstrap?.clusters).toBe(3)
  expect(sources!.map((source) => source.accuracy.bootstrap?.clusters)).toEqual([undefined, 2])
})

test('asks for no more than scores, and works on one comparison', () => {
  const report = evaluateComparisons({ chosenScores: [1], rejectedScores: [0] })
  expect(Object.keys(report)).toEqual(['comparisons', 'accuracy', 'margins', 'calibration'])
  expect(report.margins.standardDeviation).toBe(0)
  expect(report.calibration.temperature.status).toBe('separable')
})

test('the tie rule, the seed and the bins reach every part', () => {
  const report = evaluateComparisons({
    ...input,
    ties: 'half',
    seed: 9,
    resamples: 50,
    bins: 1,
    confidence: 0.8,
  })
  expect(report.sources![0]!.accuracy).toMatchObject({
    accuracy: 0.5,
    tieRule: 'half',
    bootstrap: { seed: 9, resamples: 50 },
  })
  expect(report.accuracy.wilson.confidence).toBe(0.8)
  expect(report.calibration.bins).toHaveLength(1)
})

test('refuses bad input by name', () => {
  expect(() => evaluateComparisons({ chosenScores: [], rejectedScores: [] })).toThrow('chosenScores is empty')
  expect(() => evaluateComparisons({ ...input, sources: ['a'] })).toThrow(
    'sources has 1 values and chosenScores has 5',
  )
  expect(() => evaluateComparisons({ ...input, rejectedLengths: undefined })).toThrow(
    'rejectedLengths is missing',
  )
  expect(() => evaluateComparisons({ ...input, rejectedScores: [0, 0, Number.NaN, 0, 0] })).toThrow(
    'rejectedScores[2] is NaN',
  )
})
