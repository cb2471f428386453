import type { StepRecord } from '../../loop/step-record'
import type { StepPoint } from '../thin-points'

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** The names of all numbers in records, in the order in which they come up; without stage and step. */
export const numberNames = (records: readonly StepRecord[]): string[] => [
  ...new Set(
    records.flatMap((record) =>
      Object.keys(record).filter((name) => name !== 'step' && isNumber(record[name])),
    ),
  ),
]

/** The numbers of a name at the steps that have it. */
export const seriesOf = (records: readonly StepRecord[], name: string): StepPoint[] =>
  records.flatMap(({ step, [name]: value }) => (isNumber(value) ? [{ step, value }] : []))

/** The first of these names that any of the records has. */
export const firstName = (records: readonly StepRecord[], names: readonly string[]): string | undefined =>
  names.find((name) => records.some((record) => isNumber(record[name])))

/** The number of the first of these names that a record has. */
export const numberAt = (record: StepRecord | undefined, names: readonly string[]): number | undefined =>
  names.map((name) => record?.[name]).find(isNumber)
