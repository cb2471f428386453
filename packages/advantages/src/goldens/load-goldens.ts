import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Reads goldens/<name>.json, written by tools/parity/advantages.py or advantages_responses.py. */
export const readGoldens = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'))

/**
 * Both sides work in double precision and differ in the order of a few roundings, which cancellation may make large
 * beside a small result; so the tolerance is 1e-12 of the largest number of the result, and `slack` besides: how
 * far the rounding of the input alone moves the result.
 */
export function expectClose(
  got: readonly (readonly number[])[],
  want: readonly (readonly number[])[],
  slack = 0,
): void {
  const scale = Math.max(...want.flat().map(Math.abs), 1e-300)
  expect(got.map((row) => row.length)).toEqual(want.map((row) => row.length))
  for (const [i, row] of want.entries()) {
    for (const [j, value] of row.entries()) {
      expect(Math.abs(got[i]![j]! - value), `[${i}][${j}]`).toBeLessThanOrEqual(1e-12 * scale + slack)
    }
  }
}
