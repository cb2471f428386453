import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { taskFamilies } from '../families/task-families'
import { RubricError } from '../rubric-error'
import { parseRubrics } from './parse-rubrics'
import type { RubricSet } from './rubric'
import { rubricSchema } from './rubric-schema'

const accepts = new Ajv2020({ strict: true, allErrors: false }).compile(rubricSchema)

const plain = (): RubricSet => ({
  name: 'essays',
  rubrics: [
    { name: 'Clarity', description: 'Is it easy to follow?', scale: { min: 1, max: 5 }, weight: 2 },
    { name: 'JSON', description: 'Is it valid JSON?', scale: { min: 0, max: 1 }, check: 'is valid JSON' },
    {
      name: 'Depth',
      description: 'Does it go below the surface?',
      scale: { min: 1, max: 10, anchors: [{ score: 10, meaning: 'to the bottom' }] },
    },
  ],
})

/** The error of `parseRubrics`, or undefined where it takes the value. */
function errorOf(value: unknown): RubricError | undefined {
  try {
    parseRubrics(value)
    return undefined
  } catch (error) {
    if (!RubricError.isInstance(error)) throw error
    return error
  }
}

/** What the schema has no words for, said independently. */
function related({ rubrics }: RubricSet): boolean {
  const names = new Set(rubrics.map(({ name }) => name.toLowerCase()))
  return (
    names.size === rubrics.length &&
    rubrics.every(({ scale: { min, max, anchors = [] } }) => {
      const scores = anchors.map(({ score }) => score)
      // A set, as comparing does, takes 0 and −0 for one.
      return min < max && new Set(scores).size === scores.length && scores.every((s) => s >= min && s <= max)
    })
  )
}

/** A place in a value, and the value with that place filled with another. */
function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [head, ...rest] = path
  if (head === undefined) return by
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : { ...(value as object) }
  const at = copy as Record<string | number, unknown>
  at[head] = replaced(at[head], rest, by)
  return copy
}

const name = fc.oneof(fc.constantFrom('Clarity', 'clarity', 'a b', ' a', 'a\n', '', 'ü'), fc.string())
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double())
const anchor = fc.record({ score: number, meaning: name }, { requiredKeys: [] })
const scale = fc.record({ min: number, max: number, anchors: fc.array(anchor, { maxLength: 3 }) })
const partly = fc.record(
  { min: number, max: number, anchors: fc.array(anchor, { maxLength: 2 }) },
  { requiredKeys: ['min'] },
)
const rubric = fc.record(
  {
    name,
    description: name,
    scale: fc.oneof(scale, partly),
    weight: number,
    check: name,
  },
  { requiredKeys: ['name', 'description', 'scale'] },
)
const sets = fc.record({ name, rubrics: fc.array(rubric, { maxLength: 3 }) })

/** A good value with one place broken, or made of another type. */
const broken = fc
  .tuple(
    fc.constantFrom<(string | number)[]>(
      [],
      ['name'],
      ['more'],
      ['rubrics'],
      ['rubrics', 0],
      ['rubrics', 0, 'name'],
      ['rubrics', 1, 'description'],
      ['rubrics', 1, 'check'],
      ['rubrics', 0, 'weight'],
      ['rubrics', 0, 'more'],
      ['rubrics', 2, 'scale'],
      ['rubrics', 2, 'scale', 'min'],
      ['rubrics', 2, 'scale', 'max'],
      ['rubrics', 2, 'scale', 'more'],
      ['rubrics', 2, 'scale', 'anchors'],
      ['rubrics', 2, 'scale', 'anchors', 0],
      ['rubrics', 2, 'scale', 'anchors', 0, 'score'],
      ['rubrics', 2, 'scale', 'anchors', 0, 'meaning'],
    ),
    fc.oneof(fc.anything(), name, number, fc.constantFrom(undefined, null, Number.NaN, Infinity, [], {})),
  )
  .map(([path, by]) => replaced(plain(), path, by))

describe('parseRubrics and rubricSchema', () => {
  test('take the rubrics of every task family', () => {
    for (const [task, { primary }] of Object.entries(taskFamilies)) {
      const set = { name: task, rubrics: [primary] }
      expect(parseRubrics(set)).toBe(set)
      expect(accepts(set)).toBe(true)
    }
  })

  test('agree on any value, but for what the schema has no words for', () => {
    const outcomes = { taken: 0, refused: 0, related: 0 }
    fc.assert(
      fc.property(fc.oneof(broken, sets, fc.anything()), (value) => {
        const error = errorOf(value)
        const fits = accepts(value)
        outcomes[error === undefined ? 'taken' : fits ? 'related' : 'refused']++
        expect(error === undefined).toBe(fits && related(value as RubricSet))
      }),
      { numRuns: 3000, seed: 7 },
    )
    // The property would hold of nothing but refusals too.
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(20)
  })
})

describe('errors of parseRubrics', () => {
  const cases: [string, (string | number)[], unknown, string][] = [
    ['what is no object', [], 7, 'value is 7; expected rubrics, an object of name, rubrics'],
    ['no rubrics', ['rubrics'], [], 'rubrics is empty; expected an array of one or more rubrics'],
    [
      'a missing field',
      ['rubrics', 0, 'description'],
      undefined,
      'rubrics[0].description is missing; expected text',
    ],
    [
      'a misspelt field',
      ['rubrics', 1, 'wieght'],
      2,
      'rubrics[1].wieght is unknown; expected a rubric, an object of name, description, scale, weight, check',
    ],
    [
      'a name of two lines',
      ['rubrics', 1, 'name'],
      'a\nb',
      'rubrics[1].name is the string "a\\nb"; expected one line of text, without spaces around it',
    ],
    [
      'a scale upside down',
      ['rubrics', 2, 'scale', 'max'],
      0,
      'rubrics[2].scale.max is 0; expected a number above rubrics[2].scale.min, 1',
    ],
    [
      'an anchor off the scale',
      ['rubrics', 2, 'scale', 'anchors', 0, 'score'],
      11,
      'rubrics[2].scale.anchors[0].score is 11; expected a number from 1 to 10',
    ],
    [
      'two anchors of a score',
      ['rubrics', 2, 'scale', 'anchors', 1],
      { score: 10, meaning: 'too' },
      'rubrics[2].scale.anchors[1].score is 10; expected another score than that of rubrics[2].scale.anchors[0]',
    ],
    [
      'a name that is taken',
      ['rubrics', 1, 'name'],
      'CLARITY',
      'rubrics[1].name is the string "CLARITY"; expected another name than that of rubrics[0]',
    ],
    [
      'a negative weight',
      ['rubrics', 0, 'weight'],
      -1,
      'rubrics[0].weight is -1; expected a finite number of at least 0',
    ],
  ]
  test.each(cases)('name the place of %s', (_, path, by, message) => {
    expect(errorOf(replaced(plain(), path, by))?.message).toBe(message)
    expect(message.startsWith(errorOf(replaced(plain(), path, by))!.parameter)).toBe(true)
  })
})
