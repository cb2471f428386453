import { PrefkitError } from '../../prefkit-error'

/** What counts may be, in words and as a test. */
export const countRule: readonly [expected: string, allows: (value: number) => boolean] = [
  'a whole number ≥ 1',
  (value) => Number.isSafeInteger(value) && value >= 1,
]

/** @throws PrefkitError `INVALID_CONFIG` naming the algorithm and the first that is no whole number ≥ 1. */
export function requireCounts(algorithm: string, counts: Readonly<Record<string, number>>): void {
  const [expected, allows] = countRule
  for (const [name, value] of Object.entries(counts)) {
    if (allows(value)) continue
    const problem = `expected ${expected}, got ${value}`
    throw new PrefkitError('INVALID_CONFIG', `${algorithm}: ${name}: ${problem}`)
  }
}

/** @throws PrefkitError `INVALID_CONFIG` for none. */
export function requireSome(algorithm: string, name: string, items: readonly unknown[]): void {
  if (items.length > 0) return
  throw new PrefkitError('INVALID_CONFIG', `${algorithm}: ${name}: expected at least one, got none`)
}
