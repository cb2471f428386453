import type { StepRecord } from '../step-record'

/** A number of a stage at a step. */
export interface Point {
  readonly stage: string
  readonly step: number
  readonly value: number
  /** The name it was logged under. */
  readonly key: string
  /** The record it is of, and its place in the run. */
  readonly record: StepRecord
  readonly index: number
}

/** The number of that name, where it is one: what JSON made of NaN and infinities is none, and neither are they. */
export function numberOf(record: StepRecord, key: string): number | undefined {
  const value = record[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/**
 * The numbers of each stage under one of these names: the one that the stage has first, and of those that it has at
 * the same step the one that is named first here. Steps without that number are left out.
 */
export function pointsByStage(records: readonly StepRecord[], keys: readonly string[]): Point[][] {
  const stages = new Map<string, { key: string; points: Point[] }>()
  for (const [index, record] of records.entries()) {
    const { stage, step } = record
    const known = stages.get(stage)
    const key = known?.key ?? keys.find((name) => numberOf(record, name) !== undefined)
    const value = key === undefined ? undefined : numberOf(record, key)
    if (key === undefined || value === undefined) continue
    const point = { stage, step, value, key, record, index }
    if (known) known.points.push(point)
    else stages.set(stage, { key, points: [point] })
  }
  return [...stages.values()].map(({ points }) => points)
}
