import { expect, test } from 'vitest'
import { lengthBias } from './length-bias'

test('a model that only counts words is found out', () => {
  const chosenLengths = [10, 20, 5, 8]
  const rejectedLengths = [5, 10, 9, 8]
  const result = lengthBias({
    chosenScores: chosenLengths,
    rejectedScores: rejectedLengths,
    chosenLengths,
    rejectedLengths,
  })
  expect(result).toMatchObject({
    pearson: expect.closeTo(1, 12),
    spearman: expect.closeTo(1, 12),
    chosenLonger: { count: 2, accuracy: 1 },
    chosenShorter: { count: 1, accuracy: 0 },
    sameLength: { count: 1, accuracy: 0 },
    longerWins: { accuracy: 2.5 / 4, ties: 1 },
  })
})

test('a good model is not called length-biased because chosen responses are long', () => {
  // Score differences are all +1 or all alike: within them length explains nothing beyond the labels' side.
  const margins = [1, 1, 1, 1, -1, -1, -1, -1]
  const lengths = [3, -3, 2, -2, 3, -3, 2, -2]
  const zeros = margins.map(() => 0)
  const result = lengthBias({
    chosenScores: margins,
    rejectedScores: zeros,
    chosenLengths: lengths,
    rejectedLengths: zeros,
  })
  expect(result.pearson).toBeCloseTo(0, 15)
  expect(result.chosenLonger.accuracy).toBe(0.5)
})

test('swapping chosen and rejected of any comparison leaves the correlations as they are', () => {
  const [m, d] = [
    [0.3, 2, -1, 4],
    [12, 3, 5, -2],
  ]
  const at = (sign: number[]) => ({
    chosenScores: m.map((v, i) => v * sign[i]!),
    rejectedScores: [0, 0, 0, 0],
    chosenLengths: d.map((v, i) => v * sign[i]!),
    rejectedLengths: [0, 0, 0, 0],
  })
  const [plain, swapped] = [lengthBias(at([1, 1, 1, 1])), lengthBias(at([1, -1, 1, -1]))]
  expect(swapped.pearson).toBeCloseTo(plain.pearson!, 14)
  expect(swapped.spearman).toBeCloseTo(plain.spearman!, 14)
})

test('equal lengths everywhere leave the correlation undefined', () => {
  const result = lengthBias({
    chosenScores: [1, 2],
    rejectedScores: [0, 0],
    chosenLengths: [4, 4],
    rejectedLengths: [4, 4],
  })
  expect(result).toMatchObject({ pearson: null, spearman: null, chosenLonger: { count: 0, accuracy: null } })
})

test('refuses bad input by name', () => {
  const input = { chosenScores: [1], rejectedScores: [0], chosenLengths: [1], rejectedLengths: [1] }
  expect(() => lengthBias({ ...input, chosenLengths: [1, 2] })).toThrow('chosenLengths has 2 values')
  expect(() => lengthBias({ ...input, rejectedLengths: [Number.NaN] })).toThrow('rejectedLengths[0] is NaN')
})
