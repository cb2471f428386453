import { describe, expect, it } from 'vitest'
import { evidenceFor, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { informativeGroups } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

interface Filtered extends GoldenRow {
  convention: 'verl' | 'trl' | 'openrlhf'
  groups: number[][]
  kept: boolean[]
}

const { filters } = readGoldens<{ filters: Filtered[] }>('shaping')

describe('informativeGroups', () => {
  it.each(filters)('against $reference', ({ functions, convention, groups, kept }) =>
    evidenceFor(functions, ({ informativeGroups }) => {
      const want = groups.flatMap((_, i) => (kept[i] ? [i] : []))
      expect(informativeGroups(groups, { convention }).groups).toEqual(want)
    }),
  )

  it('names responses, of labelled groups too', () => {
    const groups = ['b', 'a', 'b', 'c', 'a', 'b']
    expect(informativeGroups([1, 2, 1, 5, 3, 1], { groups })).toEqual({
      groups: [1, 2],
      responses: [1, 3, 4],
    })
    expect(informativeGroups([[], [1, 2]])).toEqual({ groups: [1], responses: [0, 1] })
    expect(informativeGroups([[5]], { convention: 'trl' }).groups).toEqual([])
    const range = [1, 1] as const
    expect(() => informativeGroups([[1]], { range })).toThrow(refusing('INVALID_OPTION', 'range is [1,1]'))
  })
})
