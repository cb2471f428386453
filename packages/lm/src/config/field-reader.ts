import { excerpt } from '../check-options'
import { LmError } from '../lm-error'

/** The fields of a JSON object, each checked as it is read. A field that is null counts as not there. */
export interface FieldReader {
  /** What the object is called in messages. */
  readonly file: string
  has(name: string): boolean
  /** True when the field is there and says null. */
  isNull(name: string): boolean
  raw(name: string): unknown
  /** A whole number from `low` to `high`. Without a fallback the field must be there. */
  whole(name: string, fallback?: number, low?: number, high?: number): number
  /** A finite number above 0. */
  positive(name: string, fallback?: number): number
  /** A finite number. */
  number(name: string, fallback?: number): number
  boolean(name: string, fallback?: boolean): boolean
  text(name: string, fallback?: string): string
  /** The object within; undefined when it is not there. */
  object(name: string): FieldReader | undefined
  /** @throws LmError `INVALID_CONFIG` naming the file, the field, its value and what was expected. */
  refuse(name: string, expected: string): never
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sizes are multiplied and allocated later; none of a real model comes near this. */
const largestSize = 2 ** 31 - 1

/** @throws LmError `INVALID_CONFIG` when `value` is no object; the reader throws it for fields. */
export function fieldReader(value: unknown, file: string): FieldReader {
  if (!isRecord(value)) {
    throw new LmError('INVALID_CONFIG', `${file}: expected an object, got ${excerpt(value)}`)
  }
  const raw = (name: string) => (Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined)
  const refuse = (name: string, expected: string): never => {
    throw new LmError('INVALID_CONFIG', `${file}: ${name}: expected ${expected}, got ${excerpt(raw(name))}`)
  }
  function read<T>(
    name: string,
    fallback: T | undefined,
    holds: (given: unknown) => boolean,
    expected: string,
  ): T {
    const given = raw(name) ?? fallback
    return given !== undefined && holds(given) ? (given as T) : refuse(name, expected)
  }
  const isFinite = (given: unknown) => typeof given === 'number' && Number.isFinite(given)
  return {
    file,
    has: (name) => raw(name) !== undefined,
    isNull: (name) => Object.hasOwn(value, name) && value[name] === null,
    raw,
    whole: (name, fallback, low = 1, high = largestSize) =>
      read(
        name,
        fallback,
        (given) => Number.isSafeInteger(given) && (given as number) >= low && (given as number) <= high,
        `a whole number from ${low} to ${high}`,
      ),
    positive: (name, fallback) =>
      read(name, fallback, (given) => isFinite(given) && (given as number) > 0, 'a number above 0'),
    number: (name, fallback) => read(name, fallback, isFinite, 'a number'),
    boolean: (name, fallback) => read(name, fallback, (given) => typeof given === 'boolean', 'true or false'),
    text: (name, fallback) => read(name, fallback, (given) => typeof given === 'string', 'text'),
    object: (name) => (raw(name) === undefined ? undefined : fieldReader(raw(name), `${file}: ${name}`)),
    refuse,
  }
}

/** Token ids that are one number or several, as an array. */
export function readTokenIds(fields: FieldReader, name: string): number[] {
  const given = fields.raw(name) ?? []
  const ids = Array.isArray(given) ? given : [given]
  if (ids.every((id) => Number.isSafeInteger(id) && id >= 0)) return ids as number[]
  return fields.refuse(name, 'a token id or several')
}
