import { expect, test } from 'vitest'
import { HASH_RANGE, hashText } from './hash-text'

test("cyrb53's published values", () => {
  expect(hashText('a')).toBe(7929297801672961)
  expect(hashText('b')).toBe(8684336938537663)
  expect(hashText('revenge')).toBe(4051478007546757)
  expect(hashText('revenue')).toBe(8309097637345594)
  expect(hashText('revenue', 1)).toBe(8697026808958300)
})

test('an integer in range, without collisions among 100,000 texts', () => {
  const hashes = Array.from({ length: 100_000 }, (_, i) => hashText(`text ${i}`))
  expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0 && hash < HASH_RANGE)).toBe(true)
  expect(new Set(hashes).size).toBe(hashes.length)
})
