import type { StepMetrics } from '../step-record'

/** Means of numbers by name, over those that have them. */
export function meanMetrics(all: readonly StepMetrics[]): StepMetrics {
  const names = [...new Set(all.flatMap((each) => Object.keys(each)))]
  const mean = (name: string): number => {
    const values = all.flatMap((each) => (name in each ? [each[name]!] : []))
    return values.reduce((sum, value) => sum + value, 0) / values.length
  }
  return Object.fromEntries(names.map((name) => [name, mean(name)]))
}
