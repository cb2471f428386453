import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aggregateCriteria, type Rubric, RubricError, runChecks } from '../index'

const rubric = (name: string, weight?: number, check?: string): Rubric => ({
  name,
  description: name,
  scale: { min: 1, max: 5 },
  ...(weight === undefined ? {} : { weight }),
  ...(check === undefined ? {} : { check }),
})
const rubrics = [
  rubric('Clarity', 3),
  rubric('Truth', 1),
  { ...rubric('Length'), scale: { min: 0, max: 100 } },
]
const scores = [
  { name: 'clarity', score: 2 },
  { name: 'Truth', score: 5 },
  { name: 'LENGTH', score: 50 },
]

const code = (call: () => unknown): string | undefined => {
  try {
    call()
  } catch (error) {
    return RubricError.isInstance(error) ? `${error.code}: ${error.message}` : String(error)
  }
  return undefined
}

describe('aggregateCriteria', () => {
  it('aggregates on the scale from 0 to 1', () => {
    expect(aggregateCriteria(scores, rubrics, { by: 'mean' })).toBeCloseTo((0.25 + 1 + 0.5) / 3, 14)
    expect(aggregateCriteria(scores, rubrics)).toBeCloseTo((3 * 0.25 + 1 + 0.5) / 5, 14)
    expect(aggregateCriteria(scores, rubrics, { by: 'min' })).toBe(0.25)
    expect(aggregateCriteria(scores, rubrics, { by: 'geometric' })).toBeCloseTo(
      (0.25 ** 3 * 0.5) ** (1 / 5),
      14,
    )
  })

  it('is between the least and the greatest; in the order min ≤ geometric ≤ weighted; 1 only where all are', () => {
    const value = fc.record({ score: fc.integer({ min: 1, max: 5 }), weight: fc.integer({ min: 1, max: 4 }) })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (values) => {
        const set = values.map(({ weight }, i) => rubric(`c${i}`, weight))
        const given = values.map(({ score }, i) => ({ name: `c${i}`, score }))
        const by = (name: 'min' | 'geometric' | 'weighted') => aggregateCriteria(given, set, { by: name })
        expect(by('min')).toBeLessThanOrEqual(by('geometric') + 1e-12)
        expect(by('geometric')).toBeLessThanOrEqual(by('weighted') + 1e-12)
        expect(by('weighted') > 1 - 1e-12).toBe(values.every(({ score }) => score === 5))
        expect(by('geometric') === 0).toBe(values.some(({ score }) => score === 1))
      }),
    )
  })

  it('has verified criteria as gates, or as criteria when asked', () => {
    const set = [rubric('Clarity'), rubric('Valid', 1, 'is JSON'), rubric('Short', 1, 'is short')]
    const of = (json: boolean, short: number) => [
      { name: 'Clarity', score: 4 },
      ...runChecks(set, { prompt: '', response: '' }, { 'is JSON': () => json, 'is short': () => short }),
    ]
    expect(aggregateCriteria(of(true, 1), set)).toBe(0.75)
    expect(aggregateCriteria(of(false, 1), set)).toBe(0)
    expect(aggregateCriteria(of(true, 0.5), set)).toBe(0.375)
    expect(aggregateCriteria(of(false, 1), set, { checks: 'criteria' })).toBeCloseTo(1.75 / 3, 14)
    expect(aggregateCriteria(of(true, 0.5).slice(1), set.slice(1))).toBe(0.5)
  })

  it('takes neither a gate that was not run nor a judge that said nothing for a pass', () => {
    const set = [rubric('Truth'), rubric('Clarity'), rubric('JSON', 1, 'is JSON')]
    const [truth, json] = [
      { name: 'Truth', score: 5 },
      { name: 'JSON', score: 5 },
    ]
    const of = (given: typeof scores) => () => aggregateCriteria(given, set, { missing: 'exclude' })
    expect(of([truth, json])()).toBe(1)
    expect(code(of([truth]))).toMatch(
      'EMPTY: scores has none of "JSON"; expected one for each rubric that is a gate',
    )
    expect(code(of([json]))).toMatch('EMPTY: scores has none of a criterion that counts')
    const asCriterion = { checks: 'criteria', missing: 'exclude' } as const
    expect(aggregateCriteria([truth], set, asCriterion)).toBe(1)
  })

  it('refuses what is missing, off the scale, unknown or twice', () => {
    expect(code(() => aggregateCriteria(scores.slice(1), rubrics))).toMatch(
      'EMPTY: scores has none of "Clarity"',
    )
    expect(aggregateCriteria(scores.slice(1), rubrics, { missing: 'exclude' })).toBe(0.75)
    expect(code(() => aggregateCriteria([], rubrics, { missing: 'exclude' }))).toMatch(
      'EMPTY: scores has none of a criterion that counts',
    )
    const off = [{ name: 'Truth', score: 6 }]
    expect(code(() => aggregateCriteria(off, rubrics.slice(1, 2)))).toMatch(
      'OUT_OF_RANGE: scores of "Truth": 6',
    )
    expect(code(() => aggregateCriteria(scores, rubrics.slice(1)))).toMatch(
      'INVALID_OPTION: scores has "clarity"',
    )
    expect(code(() => aggregateCriteria([...scores, scores[0]!], rubrics))).toMatch(
      'scores of "Clarity": 2; expected one',
    )
    const weightless = [rubric('Truth', 0)]
    expect(code(() => aggregateCriteria(scores.slice(1, 2), weightless))).toMatch(
      'EMPTY: scores has no criterion with',
    )
    expect(aggregateCriteria(scores.slice(1, 2), weightless, { by: 'min' })).toBe(1)
    expect(code(() => aggregateCriteria(scores, rubrics, { by: 'median' as never }))).toMatch(
      'INVALID_OPTION: by is the string "median"; expected one of mean, weighted, min, geometric',
    )
    expect(code(() => aggregateCriteria(scores, rubrics, { of: 1 } as never))).toMatch('no option of')
  })
})
