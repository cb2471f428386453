import { expect, test } from 'vitest'
import { DIFFERING, differences, describe as inWords, TOLERANCE } from './check.ts'
import type { Probabilities } from './recording.ts'

const pinned = {
  tokens: [
    [0.3, 0.6],
    [0.52, 0.2],
  ] as Probabilities[],
}

/** The pinned probabilities, the first of them moved. */
const moved = (by: number) => ({
  tokens: [
    [0.3 + by, 0.6],
    [0.52, 0.2],
  ] as Probabilities[],
})

test('a run within the tolerance is as pinned', () => {
  expect(differences(pinned, pinned)).toEqual([
    { judge: 'tokens', answers: 4, largest: 0, mean: 0, differing: 0, agrees: true },
  ])
  expect(differences(moved(0.99 * TOLERANCE.largest), pinned)[0]).toMatchObject({
    agrees: true,
    differing: 0,
  })
})

test('one probability far off, or all of them a little, are not as pinned', () => {
  const far = differences(moved(1.01 * TOLERANCE.largest), pinned)[0]!
  expect(far.agrees).toBe(false)
  expect(inWords(far)).toMatch(/^NOT PINNED/)
  const all = pinned.tokens.map(
    // A map of a pair is a list to the compiler.
    (pair) => pair.map((p) => p! - 1.01 * TOLERANCE.mean) as unknown as Probabilities,
  )
  expect(differences({ tokens: all }, pinned)[0]).toMatchObject({ agrees: false })
})

test('a probability that crosses ½ is told', () => {
  const crossed = {
    tokens: [
      [0.3, 0.6],
      [0.49, 0.2],
    ] as Probabilities[],
  }
  expect(differences(crossed, pinned)[0]).toMatchObject({ agrees: true, differing: 0.25 })
})

test('an answer that is missing counts as one on the other side', () => {
  const written = { text: Array.from({ length: 20 }, () => [1, 0] as Probabilities) }
  const lost = (count: number) => ({
    text: written.text.map((pair, index) => (index < count ? ([null, 0] as const) : pair)),
  })
  expect(differences(lost(1), written)[0]).toMatchObject({ differing: 1 / 40, agrees: true })
  const many = Math.floor(40 * DIFFERING) + 1
  expect(differences(lost(many), written)[0]).toMatchObject({ agrees: false })
})

test('another number of answers is an error, not a difference', () => {
  expect(() => differences({}, pinned)).toThrow('tokens: 0 answers; the pinned run has 4')
})
