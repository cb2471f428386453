import { describe, expect, it } from 'vitest'
import { checkPairData, mirrorPairs, type PairData, takePairs } from './pair-data'

const data: PairData = {
  features: { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 3, columns: 2 },
  chosen: Int32Array.of(0, 1),
  rejected: Int32Array.of(2, 2),
  preference: Float32Array.of(1, 0.75),
  margin: Float32Array.of(0.5, 2),
  groups: Int32Array.of(7, 8),
}

describe('checkPairData', () => {
  it('accepts pairs that fit', () => {
    expect(() => checkPairData(data)).not.toThrow()
  })

  it.each<[string, Partial<PairData>, string, RegExp]>([
    ['no pairs', { chosen: new Int32Array(0) }, 'EMPTY', /^pairs: expected at least one/],
    [
      'columns of other lengths',
      { margin: Float32Array.of(1) },
      'DIMENSION_MISMATCH',
      /^margin: 1 values for 2 pairs$/,
    ],
    [
      'a row that is not there',
      { chosen: Int32Array.of(0, 3) },
      'OUT_OF_RANGE',
      /^chosen\[1\]: row 3 is not one of the 3/,
    ],
    ['a negative row', { rejected: Int32Array.of(-1, 2) }, 'OUT_OF_RANGE', /^rejected\[0\]: row -1/],
    [
      'a probability above 1',
      { preference: Float32Array.of(1, 1.5) },
      'OUT_OF_RANGE',
      /^preference\[1\].*got 1.5/,
    ],
    [
      'NaN as probability',
      { preference: Float32Array.of(Number.NaN, 1) },
      'OUT_OF_RANGE',
      /^preference\[0\]/,
    ],
    ['NaN as margin', { margin: Float32Array.of(1, Number.NaN) }, 'NOT_FINITE', /^margin\[1\].*got NaN/],
    [
      'NaN as feature',
      { features: { data: Float32Array.of(1, 2, 3, Number.NaN, 5, 6), rows: 3, columns: 2 } },
      'NOT_FINITE',
      /^features: row 1, column 1 is NaN/,
    ],
    [
      'a table of the wrong size',
      { features: { data: new Float32Array(5), rows: 3, columns: 2 } },
      'DIMENSION_MISMATCH',
      /3 × 2 needs 6 numbers, got 5/,
    ],
    [
      'blocks that are not the columns',
      { features: { ...data.features, blocks: [1, 2] } },
      'DIMENSION_MISMATCH',
      /blocks of 1, 2 columns do not make up 2$/,
    ],
    [
      'only pairs of a response with itself',
      { chosen: Int32Array.of(2, 2) },
      'EMPTY',
      /the chosen and the rejected response are the same$/,
    ],
  ])('refuses %s', (_, change, code, message) => {
    const changed = { ...data, ...change }
    const columns = change.chosen?.length === 0 ? { rejected: new Int32Array(0), preference: undefined } : {}
    expect(() => checkPairData({ ...changed, ...columns } as PairData)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })
})

describe('takePairs and mirrorPairs', () => {
  it('take every column along', () => {
    expect(takePairs(data, [1])).toEqual({
      features: data.features,
      chosen: Int32Array.of(1),
      rejected: Int32Array.of(2),
      preference: Float32Array.of(0.75),
      margin: Float32Array.of(2),
      groups: Int32Array.of(8),
    })
  })

  it('add the exchanged pairs with 1 − p and −m', () => {
    expect(mirrorPairs(data)).toEqual({
      features: data.features,
      chosen: Int32Array.of(0, 1, 2, 2),
      rejected: Int32Array.of(2, 2, 0, 1),
      preference: Float32Array.of(1, 0.75, 0, 0.25),
      margin: Float32Array.of(0.5, 2, -0.5, -2),
      groups: Int32Array.of(7, 8, 7, 8),
    })
  })

  it('keep a pair and its mirror image on one side of a split', () => {
    const { chosen, rejected } = data
    for (const pairs of [data, { features: data.features, chosen, rejected }]) {
      const { groups } = mirrorPairs(pairs)
      expect(groups!.slice(0, 2)).toEqual(groups!.slice(2))
      expect(groups![0]).not.toBe(groups![1])
    }
  })
})
