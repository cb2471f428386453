import { PrefkitError } from '../../prefkit-error'

/** @throws PrefkitError `INVALID_CONFIG` naming the algorithm and the first that is no whole number ≥ 1. */
export function requireCounts(algorithm: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    const problem = `expected a whole number ≥ 1, got ${value}`
    throw new PrefkitError('INVALID_CONFIG', `${algorithm}: ${name}: ${problem}`)
  }
}

/** @throws PrefkitError `INVALID_CONFIG` for none. */
export function requireSome(algorithm: string, name: string, items: readonly unknown[]): void {
  if (items.length > 0) return
  throw new PrefkitError('INVALID_CONFIG', `${algorithm}: ${name}: expected at least one, got none`)
}
