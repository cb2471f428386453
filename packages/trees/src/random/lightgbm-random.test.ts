import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LightGbmRandom } from './lightgbm-random'

interface Golden {
  readonly short: readonly number[]
  readonly int: readonly number[]
  readonly float: readonly number[]
  readonly samples: readonly { readonly n: number; readonly k: number; readonly drawn: readonly number[] }[]
  readonly large: { readonly length: number; readonly hash: number }
}

const golden: Readonly<Record<string, Golden>> = JSON.parse(
  readFileSync(new URL('./goldens/random.json', import.meta.url), 'utf8'),
)

test.each(Object.entries(golden))('seed %s draws as LightGBM', (seed, expected) => {
  const fresh = () => new LightGbmRandom(Number(seed))
  const shorts = fresh()
  expect(expected.short.map((_, i) => shorts.nextShort(i, 1000 + i * 4000))).toEqual(expected.short)
  const ints = fresh()
  expect(expected.int.map((_, i) => ints.nextInt(-i * 1000, 2147483647 - i * 200000000))).toEqual(
    expected.int,
  )
  const floats = fresh()
  expect(expected.float.map(() => floats.nextFloat())).toEqual(expected.float)
  const samples = fresh()
  for (const { n, k, drawn } of expected.samples) expect([...samples.sample(n, k)]).toEqual(drawn)
  const large = fresh().sample(1_000_000, 200_000)
  expect(large).toHaveLength(expected.large.length)
  expect(large.reduce((hash, row) => (Math.imul(hash, 31) + row) >>> 0, 0)).toBe(expected.large.hash)
})

test('a sample is ascending, of different numbers, within range', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: -2, max: 420 }),
      (seed, total, count) => {
        const drawn = new LightGbmRandom(seed).sample(total, count)
        expect(drawn).toHaveLength(count > total || count < 0 ? 0 : count)
        expect(drawn.every((row, i) => row >= 0 && row < total && (i === 0 || row > drawn[i - 1]!))).toBe(
          true,
        )
      },
    ),
  )
})
