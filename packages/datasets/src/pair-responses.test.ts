import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pairingBuffer, pairResponses } from './pair-responses'
import type { RatedResponse } from './rated-response'

const rated = (prompt: string, rating: number, scale: RatedResponse['scale'] = 'scalar'): RatedResponse => ({
  id: `${prompt}${rating}`,
  prompt,
  response: `rated ${rating}`,
  rating,
  scale,
})

test('scalar ratings: each differing pair with its margin, ties counted', () => {
  const { comparisons, ties, unpaired } = pairResponses([rated('p', 1), rated('p', 3), rated('p', 3)])
  expect(comparisons.map(({ id, chosen, margin }) => [id, chosen, margin])).toEqual([
    ['p3>p1', 'rated 3', 2],
    ['p3>p1', 'rated 3', 2],
  ])
  expect({ ties, unpaired }).toEqual({ ties: 1, unpaired: 0 })
})

test('binary labels: no margin, agreement is no tie, and the lone are unpaired', () => {
  const { comparisons, ties, unpaired } = pairResponses([rated('p', 1, 'binary'), rated('p', 1, 'binary')])
  expect({ comparisons, ties, unpaired }).toEqual({ comparisons: [], ties: 0, unpaired: 2 })
  const [only] = pairResponses([rated('p', 0, 'binary'), rated('p', 1, 'binary')]).comparisons
  expect(only).toEqual({ id: 'p1>p0', prompt: 'p', chosen: 'rated 1', rejected: 'rated 0' })
})

test('comparisons and ties are all pairs', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }), (ratings) => {
      const { comparisons, ties, unpaired } = pairResponses(ratings.map((rating) => rated('p', rating)))
      expect(comparisons.length + ties).toBe((ratings.length * (ratings.length - 1)) / 2)
      expect(comparisons.every(({ margin }) => margin! > 0)).toBe(true)
      expect(unpaired).toBe(comparisons.length === 0 ? ratings.length : 0)
    }),
  )
})

test('a buffer pairs rows of one prompt that stand apart', () => {
  const buffer = pairingBuffer({ held: 10, perPrompt: 10 })
  for (const response of [rated('p', 1), rated('q', 1), rated('p', 2)])
    expect(buffer.add(response)).toEqual([])
  const groups = [...buffer.rest()]
  expect(groups.map(({ comparisons, unpaired }) => [comparisons.length, unpaired])).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect(buffer.splitPrompts()).toBe(0)
})

test('a full buffer lets the oldest prompt go, and counts it once when it comes back', () => {
  const buffer = pairingBuffer({ held: 2, perPrompt: 10 })
  buffer.add(rated('p', 1))
  buffer.add(rated('q', 1))
  expect(buffer.add(rated('r', 1))).toEqual([{ comparisons: [], ties: 0, unpaired: 1 }])
  buffer.add(rated('p', 2))
  buffer.add(rated('p', 3))
  expect(buffer.splitPrompts()).toBe(1)
  const perPrompt = pairingBuffer({ held: 10, perPrompt: 2 })
  perPrompt.add(rated('p', 1))
  expect(perPrompt.add(rated('p', 2))[0]!.comparisons).toHaveLength(1)
})
