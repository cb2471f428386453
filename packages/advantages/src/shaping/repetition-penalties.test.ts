import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, readGoldens } from '../goldens/load-goldens'
import { repetitionPenalties } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

type Matrix = number[][]

const goldens = readGoldens<{
  repetitions: {
    tokens: Matrix
    cases: {
      reference: string
      functions: string[]
      ngramSize: number
      maxPenalty: number
      penalties: number[]
    }[]
  }
}>('responses')

describe('repetitionPenalties', () => {
  const { tokens, cases } = goldens.repetitions
  it.each(cases)(
    'against TRL, n $ngramSize, p $maxPenalty',
    ({ reference: _, functions, penalties, ...options }) =>
      evidenceFor(functions, ({ repetitionPenalties }) => {
        expectClose([repetitionPenalties(tokens, options)], [penalties])
        const ids = tokens.map((row) => Int32Array.from(row))
        expect(repetitionPenalties(ids, options)).toEqual(repetitionPenalties(tokens, options))
      }),
  )

  it('padding changes nothing, nor do masked tokens in between', () => {
    const row = fc.array(fc.nat(3), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), fc.array(fc.nat(9), { maxLength: 5 }), (rows, others) => {
        const padded = rows.map((ids) => [...others, ...ids, ...others])
        const mask = rows.map((ids) => [...others.map(() => 0), ...ids.map(() => 1), ...others.map(() => 0)])
        expect(repetitionPenalties(padded, { mask })).toEqual(repetitionPenalties(rows))
      }),
    )
    const between = repetitionPenalties([[1, 2, 99, 1, 2]], { ngramSize: 2, mask: [[1, 1, 0, 1, 1]] })
    expect(between[0]).toBeCloseTo(-1 / 3, 15)
  })

  it('no repetition gives 0, and not −0', () => {
    expect(repetitionPenalties([[1, 2, 3, 4], [], [1]])).toEqual([0, 0, 0])
    expect(repetitionPenalties([[1, 1, 1, 1]], { maxPenalty: 0 })).toEqual([0])
    expect(
      repetitionPenalties({ data: new Int32Array([5, 5, 5, 1, 2, 3]), shape: [2, 3] }, { ngramSize: 1 }),
    ).toEqual([1 / 3 - 1, 0])
  })

  it('tokens of several digits are not confused', () => {
    expect(repetitionPenalties([[1, 11, 11, 1]], { ngramSize: 2 })).toEqual([0])
  })

  it('refuses invalid input', () => {
    expect(() => repetitionPenalties([[1]], { ngramSize: 0 })).toThrow(
      refusing('INVALID_OPTION', 'ngramSize is 0'),
    )
    expect(() => repetitionPenalties([[1]], { maxPenalty: 1 })).toThrow(
      refusing('INVALID_OPTION', 'maxPenalty is 1'),
    )
    expect(() => repetitionPenalties([[1, Number.NaN]])).toThrow(
      refusing('NOT_FINITE', 'tokens[0][1] is NaN'),
    )
    // What plain JavaScript may pass.
    const text = [['a']] as unknown as Matrix
    expect(() => repetitionPenalties(text)).toThrow(refusing('NOT_FINITE', 'the string "a"'))
  })
})
