import { describe, expect, it, test } from 'vitest'
import { parseJsonScore, RubricError } from '../index'
import { expectParse, type ParseRow } from './expect-parse'

const ten = { min: 1, max: 10 }

const rows: readonly ParseRow<number>[] = [
  ['{"score": 8}', 'exact', 8],
  ['{"reason": "It is {mostly} right", "score": 8.5}\n', 'exact', 8.5],
  ['<think>{"score": 3}</think>{"score": 8}', 'exact', 8],
  ['```json\n{"score": 8}\n```', 'recovered', 8, 'in a code block'],
  ['Here it is:\n{"score": 8}', 'recovered', 8, 'text beside the JSON'],
  ['{"score": "8"}', 'recovered', 8, 'is a string'],
  ['{"score": "8/10"}', 'recovered', 8, 'written as "8/10"'],
  ['{"Score": 8}', 'recovered', 8, 'is called Score'],
  ['{"rating": 8}', 'recovered', 8, 'is called rating'],
  ["{'score': 8}", 'recovered', 8, 'broken'],
  ['{score: 8}', 'recovered', 8, 'broken'],
  ['{"score": 8,}', 'recovered', 8, 'broken'],
  ['{"score": 8 // good\n}', 'recovered', 8, 'broken'],
  ['{“score”: 8}', 'recovered', 8, 'broken'],
  ['{"reason": "He said "no" twice", "score": 8}', 'recovered', 8, 'broken'],
  ['{"score": 8, "reason": "It is so long that', 'recovered', 8, 'broken'],
  ['{"score": 8', 'recovered', 8],
  ['```json\n{"score": 8, "reason": "cut', 'recovered', 8],
  ['{"score": 8} {"score": 8}', 'recovered', 8, 'repeated'],
  ['Score: 8/10', 'recovered', 8, 'there is no JSON'],
  ['{"score": 1', 'ambiguous', [1, 10]],
  ['{"score": 7}\n{"score": 8}', 'ambiguous', [7, 8]],
  ['{"score": 7, "score": 8}', 'ambiguous', [8, 7], 'written twice'],
  ['{"score": 8}{"score": 12}', 'ambiguous', [8]],
  ['{"score": 12}', 'missing', undefined, 'invalid: score is "12"'],
  ['{"score": null}', 'missing', undefined, 'invalid'],
  ['{"score": "high"}', 'missing', undefined, 'invalid'],
  ['{"score": "4/5"}', 'missing', undefined, 'invalid'],
  ['{"score": [7, 8]}', 'missing', undefined, 'invalid'],
  ['{"score": "N/A, 1 reason"}', 'missing', undefined, 'invalid'],
  ['{"score": "not 5"}', 'missing', undefined, 'invalid'],
  ['It wrote "Score: 9", so no.', 'missing', undefined, 'absent'],
  ['{"verdict": "good"}', 'missing', undefined, 'absent'],
  ['{', 'missing', undefined, 'absent'],
  ['', 'missing', undefined, 'absent'],
  ['<think>{"score": 8}', 'missing', undefined, 'cut-off'],
]

test.each(rows.map((row) => [row[0], row] as const))('%j', (text, row) => {
  const parsed = parseJsonScore(text, { scale: ten })
  const score = ({ score }: { score: number }) => score
  const scores =
    parsed.status === 'missing'
      ? parsed
      : parsed.status === 'ambiguous'
        ? { ...parsed, candidates: parsed.candidates.map(score) }
        : { ...parsed, value: score(parsed.value) }
  expectParse(scores, row)
})

describe('options', () => {
  it('reads criteria from an object, a list, or fields beside the score', () => {
    const criteria = ['Clarity', 'Truth']
    const both = [
      { name: 'Clarity', score: 7 },
      { name: 'Truth', score: 9 },
    ]
    const parse = (value: object) => parseJsonScore(JSON.stringify(value), { scale: ten, criteria })
    const exact = { status: 'exact', value: { score: 8, criteria: both } }
    expect(parse({ criteria: { clarity: 7, Truth: 9 }, score: 8 })).toEqual(exact)
    expect(parse({ criteria: both, score: 8 })).toEqual(exact)
    expect(parse({ scores: { Clarity: { score: 7, why: '' }, Truth: { score: 9 } }, score: 8 })).toEqual(
      exact,
    )
    expect(parse({ Clarity: 7, Truth: 9, score: 8 })).toEqual(exact)
    expect(parse({ criteria: { Clarity: 70 }, score: 8 })).toEqual({
      status: 'recovered',
      value: { score: 8 },
      repairs: ['no score of Clarity', 'no score of Truth'],
    })
  })

  it('has another field, and knows of texts that are whole', () => {
    expect(parseJsonScore('{"points": 8, "score": 2}', { scale: ten, field: 'points' })).toMatchObject({
      status: 'exact',
      value: { score: 8 },
    })
    expect(parseJsonScore('{"score": 1', { scale: ten, cutOff: false })).toMatchObject({
      value: { score: 1 },
    })
  })

  it('takes nothing from JSON that was cut off', () => {
    const parse = (text: string) => parseJsonScore(text, { scale: ten, cutOff: true })
    expect(parse('{"score": 8, "reason": "It')).toMatchObject({ status: 'missing', cause: 'cut-off' })
    expect(parse('Score: 8')).toMatchObject({ status: 'missing', cause: 'cut-off' })
    expect(parse('{"score": 8}')).toEqual({ status: 'exact', value: { score: 8 } })
  })

  it('refuses criteria that are no list', () => {
    const call = () => parseJsonScore('', { scale: { min: 1, max: 10 }, criteria: 'Truth' as never })
    expect(call).toThrow('criteria is the string "Truth"; expected a list of texts')
  })

  it('refuses scales that are none', () => {
    const call = () => parseJsonScore('', { scale: { min: 1, max: Number.NaN } })
    expect(call).toThrow(expect.objectContaining({ code: 'OUT_OF_RANGE', parameter: 'scale' }))
    expect(RubricError.isInstance(new Error(''))).toBe(false)
  })
})
