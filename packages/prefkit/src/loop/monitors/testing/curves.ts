import type { StepRecord } from '../../step-record'

/** Uniform numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Normal numbers of mean 0 and deviation 1, each φ times the one before it and noise. */
export function noise(seed: number, count: number, phi = 0): number[] {
  const next = uniform(seed * 7919 + 13)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  let last = normal()
  return Array.from({ length: count }, () => {
    last = phi * last + Math.sqrt(1 - phi * phi) * normal()
    return last
  })
}

/** Records of a stage called `grpo`, with steps from 1. */
export const recordsOf = (steps: readonly Readonly<Record<string, number>>[], first = 1): StepRecord[] =>
  steps.map((values, i) => ({ stage: 'grpo', step: first + i, ...values }))

/** So many times the same. */
export const times = <Value>(count: number, value: Value): Value[] => new Array<Value>(count).fill(value)

/** So many values that change by as much from each to the next. */
export const line = (count: number, from: number, to: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
