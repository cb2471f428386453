import { checkList, checkNotEmpty, formatValue } from '../check-input'
import { EvalsError } from '../evals-error'

/** What a judge says of a pair of responses. */
export type JudgeVerdict = 'a' | 'b' | 'tie' | 'abstained'

/** One vote of a judge: one question asked once. */
export interface JudgeRecord {
  /** Which pair of responses. */
  readonly pair: string | number
  /** Which response was shown first. */
  readonly first: 'a' | 'b'
  readonly verdict: JudgeVerdict
  /** P(a is better), in [0, 1]; without it a verdict counts as 1, 0 or ½. */
  readonly winProbability?: number
  /** What people say of the pair, or what is known of it. */
  readonly label?: 'a' | 'b' | 'tie'
  /** What is drawn for intervals, such as the prompt; default: the pair. */
  readonly group?: string | number
  /**
   * Which time the judge was asked, days or versions apart; votes of one time are samples of one judge.
   * Default 0.
   */
  readonly run?: string | number
  /** Length of a, in the unit of `lengthB`. */
  readonly lengthA?: number
  readonly lengthB?: number
}

type Test = (value: unknown) => boolean

const isOneOf =
  (...values: readonly string[]): Test =>
  (value) =>
    values.some((known) => known === value)
const isName: Test = (value) => typeof value === 'string' || Number.isFinite(value)
const isProbability: Test = (value) => typeof value === 'number' && value >= 0 && value <= 1
const isLength: Test = (value) => typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY

interface Field {
  readonly test: Test
  readonly expected: string
  readonly required?: boolean
}

const fields: Readonly<Record<keyof Required<JudgeRecord>, Field>> = {
  pair: { test: isName, expected: 'a string or number', required: true },
  first: { test: isOneOf('a', 'b'), expected: 'a or b', required: true },
  verdict: {
    test: isOneOf('a', 'b', 'tie', 'abstained'),
    expected: 'a, b, tie or abstained',
    required: true,
  },
  winProbability: { test: isProbability, expected: 'a number from 0 to 1' },
  label: { test: isOneOf('a', 'b', 'tie'), expected: 'a, b or tie' },
  group: { test: isName, expected: 'a string or number' },
  run: { test: isName, expected: 'a string or number' },
  lengthA: { test: isLength, expected: 'a number of at least 0' },
  lengthB: { test: isLength, expected: 'a number of at least 0' },
}

function refuse(parameter: string, value: unknown, expected: string): never {
  throw new EvalsError(
    'INVALID_OUTCOME',
    parameter,
    `${parameter} is ${formatValue(value)}; expected ${expected}`,
  )
}

function checkIsRecord(given: unknown, index: number): void {
  if (typeof given !== 'object' || given === null) refuse(`records[${index}]`, given, 'a record')
}

/** Throws `INVALID_INPUT` for what is no list, `INVALID_OUTCOME` at the first that is no record; fields are not read. */
export function checkAreRecords(records: readonly unknown[]): void {
  checkList('records', records)
  Array.from(records).forEach(checkIsRecord)
}

function checkRecord(record: JudgeRecord, index: number): void {
  const given: unknown = record
  checkIsRecord(given, index)
  for (const [name, { test, expected, required = false }] of Object.entries(fields)) {
    const value = (given as Record<string, unknown>)[name]
    if (value === undefined && !required) continue
    if (!test(value)) refuse(`records[${index}].${name}`, value, expected)
  }
}

/** Fields that belong to a pair, so that its records must not differ in them. */
const ofPair = ['label', 'group', 'lengthA', 'lengthB'] as const

/**
 * Throws `EMPTY` without records, `INVALID_OUTCOME` at the first that is none, or that says otherwise of its
 * pair.
 */
export function checkRecords(records: readonly JudgeRecord[]): void {
  checkNotEmpty('records', records)
  const seen = new Map<string | number, JudgeRecord>()
  Array.from(records).forEach((record, index) => {
    checkRecord(record, index)
    const known = seen.get(record.pair)
    if (known === undefined) seen.set(record.pair, record)
    else
      for (const name of ofPair) {
        if (known[name] === record[name]) continue
        refuse(
          `records[${index}].${name}`,
          record[name],
          `${formatValue(known[name])}, as before for this pair`,
        )
      }
  })
}
