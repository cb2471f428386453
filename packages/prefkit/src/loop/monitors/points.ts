import type { StepRecord } from '../step-record'

/** A number of a stage at a step. */
export interface Point {
  readonly value: number
  /** The name it was logged under. */
  readonly key: string
  /** The record it is of. */
  readonly record: StepRecord
}

/** The number of that name, where it is one: what JSON made of NaN and infinities is none, and neither are they. */
export function numberOf(record: StepRecord, key: string): number | undefined {
  const value = record[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/**
 * The numbers of a stage under one of these names, as its records come: the one that it has first, and of those that it has at the same
 * step the one that is named first here. Of a step without that number there is none.
 */
export function pointsOf(keys: readonly string[]): (record: StepRecord) => Point | undefined {
  let key: string | undefined
  return (record) => {
    key ??= keys.find((name) => numberOf(record, name) !== undefined)
    if (key === undefined) return undefined
    const value = numberOf(record, key)
    return value === undefined ? undefined : { value, key, record }
  }
}
