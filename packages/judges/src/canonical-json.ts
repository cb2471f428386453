import { hash } from 'node:crypto'
import { JudgeError } from './judge-error'

/**
 * Plain JSON with the keys of objects in the order of their code units, so that equal values have equal texts. What is
 * `undefined` is left out of objects.
 * @throws JudgeError `INVALID_INPUT` naming the place of what JSON cannot hold: NaN, infinities, functions, bigints,
 * objects with a class, cycles.
 */
export const canonicalJson = (parameter: string, value: unknown): string => write(parameter, value, [])

function write(at: string, value: unknown, parents: readonly object[]): string {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value !== 'object' || parents.includes(value)) throw notJson(at, value)
  const within = [...parents, value]
  if (Array.isArray(value)) return `[${value.map((each, i) => write(`${at}[${i}]`, each, within)).join()}]`
  return `{${fields(at, value, within).join()}}`
}

function fields(at: string, value: object, within: readonly object[]): string[] {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw notJson(at, value)
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  // By code units, which no locale changes.
  const sorted = entries.sort(([left], [right]) => (left < right ? -1 : 1))
  return sorted.map(([name, field]) => `${JSON.stringify(name)}:${write(`${at}.${name}`, field, within)}`)
}

/**
 * The JSON of a value as it is written down, keys in the order they are in.
 * @throws JudgeError `INVALID_INPUT` for numbers that JSON would turn into null, and for what is no JSON at all.
 */
export function strictJson(parameter: string, value: unknown): string {
  const text = JSON.stringify(value, (name, each: unknown) => {
    if (typeof each === 'bigint' || (typeof each === 'number' && !Number.isFinite(each)))
      throw notJson(`${parameter}, at ${JSON.stringify(name)}`, each)
    return each
  })
  if (text === undefined) throw notJson(parameter, value)
  return text
}

function notJson(at: string, value: unknown): JudgeError {
  const what =
    typeof value === 'object' && value !== null ? 'an object with a class or a cycle' : String(value)
  return new JudgeError('INVALID_INPUT', at, `${at} is ${what}; expected plain JSON with finite numbers`)
}

/** SHA-256 of a text, in hexadecimal digits. */
export const sha256 = (text: string): string => hash('sha256', text)
