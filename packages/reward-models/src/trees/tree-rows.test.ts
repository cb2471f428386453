import { describe, expect, it } from 'vitest'
import { takeRows, treeRows } from './tree-rows'

/** Rows 10, 20, … 60. */
const features = { data: Float32Array.of(10, 20, 30, 40, 50, 60), rows: 6, columns: 1 }
const pairs = { features, chosen: Int32Array.of(1, 1, 3), rejected: Int32Array.of(0, 3, 0) }
const plain = { labelSmoothing: 0 }
const valuesOf = ({ data }: ReturnType<typeof treeRows>) =>
  'data' in data.features ? [...data.features.data] : []

describe('rows of classification', () => {
  it('are the responses with their labels, and no weights where each is in one pair', () => {
    const single = { features, chosen: Int32Array.of(5, 1), rejected: Int32Array.of(0, 4) }
    const rows = treeRows(single, 'clf', plain)
    expect(valuesOf(rows)).toEqual([10, 20, 50, 60])
    expect(rows.data).toMatchObject({ label: Float32Array.of(0, 1, 0, 1) })
    expect(rows.data.weight).toBeUndefined()
    expect(rows.pairs).toEqual({ chosen: Int32Array.of(3, 1), rejected: Int32Array.of(0, 2) })
  })

  it('weigh as much as the pairs that a response is chosen or rejected in', () => {
    const rows = treeRows(pairs, 'clf', plain)
    // Row 3 is chosen once and rejected once.
    expect(valuesOf(rows)).toEqual([10, 20, 40, 40])
    expect(rows.data).toMatchObject({
      label: Float32Array.of(0, 1, 1, 0),
      weight: Float32Array.of(2, 2, 1, 1),
    })
    // Of the two rows of a response, either has its score.
    expect(rows.pairs).toEqual({ chosen: Int32Array.of(1, 1, 3), rejected: Int32Array.of(0, 3, 0) })
  })

  it('share a vote that was not unanimous, and a label that may be flipped', () => {
    const one = { features, chosen: Int32Array.of(1), rejected: Int32Array.of(0) }
    const soft = treeRows({ ...one, preference: Float32Array.of(0.75) }, 'clf', plain)
    expect(soft.data).toMatchObject({
      label: Float32Array.of(1, 0, 1, 0),
      weight: Float32Array.of(0.25, 0.75, 0.75, 0.25),
    })
    const smooth = treeRows(one, 'clf', { labelSmoothing: 0.25 })
    expect(smooth.data).toEqual(soft.data)
  })

  it('count pairs as often as they were drawn', () => {
    const rows = treeRows(pairs, 'clf', { ...plain, counts: [0, 2, 0] })
    expect(valuesOf(rows)).toEqual([20, 40])
    expect(rows.data).toMatchObject({ label: Float32Array.of(1, 0), weight: Float32Array.of(2, 2) })
  })
})

describe('rows of Bradley–Terry', () => {
  it('are the responses, each once, and the pairs of them', () => {
    const rows = treeRows(pairs, 'bt', plain)
    expect(valuesOf(rows)).toEqual([10, 20, 40])
    expect(rows.data.pairs).toEqual({ chosen: [1, 1, 2], rejected: [0, 2, 0] })
    expect(rows.data.label).toBeUndefined()
  })

  it('leave out a response that is compared with itself, and know votes and counts', () => {
    const odd = { features, chosen: Int32Array.of(2, 4, 1), rejected: Int32Array.of(2, 5, 0) }
    const rows = treeRows({ ...odd, preference: Float32Array.of(1, 0.75, 0.5) }, 'bt', {
      ...plain,
      counts: [1, 2, 0],
    })
    expect(valuesOf(rows)).toEqual([30, 50, 60])
    expect(rows.data.pairs).toEqual({ chosen: [1], rejected: [2], preference: [0.75], weight: [2] })
    // It is watched all the same: nobody is ahead of themselves.
    expect(rows.pairs.chosen).toEqual(Int32Array.of(0, 1))
  })
})

it('takes a table that is wanted whole as it is, without a copy', () => {
  expect(takeRows(features, [0, 1, 2, 3, 4, 5]).data).toBe(features.data)
  expect(takeRows(features, [0, 1, 2, 3, 5, 4]).data).toEqual(Float32Array.of(10, 20, 30, 40, 60, 50))
})
