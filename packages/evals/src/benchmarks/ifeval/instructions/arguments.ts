import { formatValue } from '../../../check-input'
import { EvalsError } from '../../../evals-error'
import { compilePattern } from '../text/python-pattern'

/** How a number compares with the one asked for. */
export type Relation = (actual: number) => boolean

/** The arguments of one instruction, each read by its kind. All throw `INVALID_ROW`, naming the argument. */
export interface InstructionArguments {
  /** A whole number of at least `low`, default 0. */
  count(name: string, low?: number): number
  /** A text that is not empty. */
  text(name: string): string
  /** One text or more. */
  texts(name: string): readonly string[]
  /** `less than` or `at least`, against the count named. */
  relation(name: string, count: string): Relation
  /** A pattern made from an argument, whose name messages have. */
  pattern(name: string, source: string, flags: string): RegExp
}

const relations: Readonly<Record<string, (limit: number) => Relation>> = {
  'less than': (limit) => (actual) => actual < limit,
  'at least': (limit) => (actual) => actual >= limit,
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const format = (value: unknown) => (Array.isArray(value) ? JSON.stringify(value) : formatValue(value))

function refuse(parameter: string, value: unknown, expected: string): never {
  throw new EvalsError('INVALID_ROW', parameter, `${parameter} is ${format(value)}; expected ${expected}`)
}

function checkNames(parameter: string, given: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(given)) {
    // The copy of the benchmark on the hub has every argument, most of them null.
    if (value === null || value === undefined || names.includes(name)) continue
    const known = names.length === 0 ? 'no arguments' : `only ${names.join(', ')}`
    refuse(`${parameter}.${name}`, value, `${known} for this instruction`)
  }
}

/**
 * The arguments `given` of an instruction that takes `names`.
 *
 * IFEval's original draws missing and negative arguments at random, so that a response may pass or fail by luck;
 * here they are refused.
 */
export function argumentsOf(
  parameter: string,
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
): InstructionArguments {
  checkNames(parameter, given, names)
  const read = <T>(name: string, test: (value: unknown) => value is T, expected: string): T => {
    const value = given[name]
    return test(value) ? value : refuse(`${parameter}.${name}`, value, expected)
  }
  const count = (name: string, low = 0) => {
    const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= low
    return read(name, isCount, `an integer of at least ${low}`)
  }
  const isTexts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.length > 0 && value.every(isText)
  const isRelation = (value: unknown): value is string => isText(value) && Object.hasOwn(relations, value)
  return {
    count,
    text: (name) => read(name, isText, 'a text that is not empty'),
    texts: (name) => read(name, isTexts, 'an array of texts that are not empty'),
    relation: (name, counted) =>
      relations[read(name, isRelation, '"less than" or "at least"')]!(count(counted)),
    pattern: (name, source, flags) => compilePattern(`${parameter}.${name}`, source, flags),
  }
}
