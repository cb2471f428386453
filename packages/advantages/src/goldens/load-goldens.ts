import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import * as api from '../index'

/** What a row of goldens says of its numbers. */
export interface GoldenRow {
  /** Whose they are, such as “TRL 1.16.0”. */
  reference: string
  /** What they are evidence for: `whiten (trl)` under that convention, `opoAdvantages` that has none. */
  functions: string[]
}

/** Reads goldens/<name>.json, written by tools/parity/advantages.py or advantages_responses.py. */
export const readGoldens = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'))

/** Runs a check on the functions of this package, and sees to it that it calls those that a row is evidence for. */
export function evidenceFor(functions: readonly string[], check: (given: typeof api) => void): void {
  const called = new Set<string>()
  check(noting(called))
  expect(functions).not.toEqual([])
  expect([...called]).toEqual(expect.arrayContaining([...functions]))
}

/** What this package exports, with functions that note their calls in `called` as rows name them. */
function noting(called: Set<string>): typeof api {
  const conventions: Partial<Record<string, readonly string[]>> = api.conventions
  const noted = (target: (...args: never) => unknown) =>
    new Proxy(target, {
      apply(_, self, args: { convention?: string }[]) {
        const preset = conventions[target.name]?.[0]
        const convention = args.find((arg) => arg?.convention !== undefined)?.convention ?? preset
        called.add(preset === undefined ? target.name : `${target.name} (${convention})`)
        return Reflect.apply(target, self, args)
      },
    })
  const entries = Object.entries(api).map(([name, value]) => [
    name,
    typeof value === 'function' ? noted(value as never) : value,
  ])
  return Object.fromEntries(entries) as typeof api
}

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
