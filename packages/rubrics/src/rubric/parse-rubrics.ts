import { formatValue } from '../check-options'
import { RubricError } from '../rubric-error'
import type { Anchor, Rubric, RubricSet, Scale } from './rubric'

/** Throws `INVALID_RUBRIC`, naming `path`, for a value of another shape. */
type Shape = (value: unknown, path: string) => void

/** The shape of each field of `T`; the compiler sees that none is left out. */
type Fields<T> = Readonly<Record<keyof Required<T>, Shape>>

function refuse(path: string, value: unknown, expected: string): never {
  const found = value === undefined ? 'missing' : formatValue(value)
  throw new RubricError('INVALID_RUBRIC', path, `${path} is ${found}; expected ${expected}`)
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const matching =
  (is: (value: unknown) => boolean, expected: string): Shape =>
  (value, path) => {
    if (!is(value)) refuse(path, value, expected)
  }

const isLine = (value: unknown): boolean => typeof value === 'string' && /^\S(?:.*\S)?$/u.test(value)
const isText = (value: unknown): boolean => typeof value === 'string' && /\S/u.test(value)
const isWeight = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0

const line = matching(isLine, 'one line of text, without spaces around it')
const text = matching(isText, 'text')
const finite = matching(Number.isFinite, 'a finite number')
const weight = matching(isWeight, 'a finite number of at least 0')

const optional =
  (shape: Shape): Shape =>
  (value, path) => {
    if (value !== undefined) shape(value, path)
  }

const listOf =
  (shape: Shape, expected: string, least = 0): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) refuse(path, value, expected)
    if (value.length < least) throw new RubricError('EMPTY', path, `${path} is empty; expected ${expected}`)
    for (const [i, item] of value.entries()) shape(item, `${path}[${i}]`)
  }

const objectOf =
  <T>(fields: Fields<T>, what: string, relations: (value: T, path: string) => void = () => {}): Shape =>
  (value, path) => {
    const known = Object.keys(fields)
    const expected = `${what}, an object of ${known.join(', ')}`
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      refuse(path === '' ? 'value' : path, value, expected)
    }
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name))
    if (unknown !== undefined) {
      const place = join(path, unknown)
      throw new RubricError('INVALID_RUBRIC', place, `${place} is unknown; expected ${expected}`)
    }
    for (const [name, shape] of Object.entries<Shape>(fields)) {
      shape((value as Record<string, unknown>)[name], join(path, name))
    }
    relations(value as T, path)
  }

function checkScale({ min, max, anchors = [] }: Scale, path: string): void {
  if (max <= min) refuse(join(path, 'max'), max, `a number above ${join(path, 'min')}, ${min}`)
  for (const [i, { score }] of anchors.entries()) {
    const place = `${path}.anchors[${i}].score`
    if (score < min || score > max) refuse(place, score, `a number from ${min} to ${max}`)
    const first = anchors.findIndex((other) => other.score === score)
    if (first !== i) refuse(place, score, `another score than that of ${path}.anchors[${first}]`)
  }
}

function checkNames({ rubrics }: RubricSet): void {
  const places = new Map<string, number>()
  for (const [i, { name }] of rubrics.entries()) {
    const first = places.get(name.toLowerCase())
    if (first !== undefined) refuse(`rubrics[${i}].name`, name, `another name than that of rubrics[${first}]`)
    places.set(name.toLowerCase(), i)
  }
}

const anchor = objectOf<Anchor>({ score: finite, meaning: text }, 'an anchor')

const scale = objectOf<Scale>(
  { min: finite, max: finite, anchors: optional(listOf(anchor, 'an array of anchors')) },
  'a scale',
  checkScale,
)

const rubric = objectOf<Rubric>(
  { name: line, description: text, scale, weight: optional(weight), check: optional(line) },
  'a rubric',
)

const rubricSet = objectOf<RubricSet>(
  { name: line, rubrics: listOf(rubric, 'an array of one or more rubrics', 1) },
  'rubrics',
  checkNames,
)

/**
 * Rubrics from JSON of unknown shape: the same value, once it is known to be what `RubricSet` says.
 *
 * Throws `RubricError`, whose `parameter` is the place, such as `rubrics[2].scale.max`: `EMPTY` without rubrics,
 * `INVALID_RUBRIC` for the rest, unknown fields included.
 */
export function parseRubrics(value: unknown): RubricSet {
  rubricSet(value, '')
  return value as RubricSet
}

/** Throws as `parseRubrics` does for rubrics that did not come through it, such as those in options. */
export function checkRubrics(rubrics: readonly Rubric[]): void {
  rubricSet({ name: 'options', rubrics }, '')
}
