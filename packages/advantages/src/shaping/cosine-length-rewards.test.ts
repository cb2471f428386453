import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, readGoldens } from '../goldens/load-goldens'
import { cosineLengthRewards } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

interface Values {
  minValueWrong: number
  maxValueWrong: number
  minValueCorrect: number
  maxValueCorrect: number
}

const goldens = readGoldens<{
  lengths: {
    lengths: number[]
    cases: (Values & { reference: string; functions: string[]; correct: number[]; wrong: number[] })[]
  }
}>('responses')

describe('cosineLengthRewards', () => {
  const { lengths, cases } = goldens.lengths
  it.each(cases)(
    'against TRL, $minValueWrong to $maxValueCorrect',
    ({ reference: _, functions, correct, wrong, ...values }) =>
      evidenceFor(functions, ({ cosineLengthRewards }) => {
        const options = { maxLength: 100, ...values }
        const [all, none] = [lengths.map(() => true), lengths.map(() => 0)]
        expectClose([cosineLengthRewards(lengths, all, options)], [correct])
        expectClose([cosineLengthRewards(lengths, none, options)], [wrong])
      }),
  )

  it('gives published numbers', () => {
    const rewards = cosineLengthRewards([25, 75, 50, 50], [1, 1, 1, 0], { maxLength: 100 })
    expect(rewards.map((x) => Number(x.toFixed(5)))).toEqual([0.92678, 0.57322, 0.75, -0.75])
  })

  it('a shorter response is never worse when correct, nor better when wrong', () => {
    const length = fc.nat(300)
    fc.assert(
      fc.property(length, length, (a, b) => {
        const [short, long] = [Math.min(a, b), Math.max(a, b)]
        const options = { maxLength: 200 }
        const [best, worst] = cosineLengthRewards([short, long], [1, 1], options)
        expect(best).toBeGreaterThanOrEqual(worst!)
        const [low, high] = cosineLengthRewards([short, long], [0, 0], options)
        expect(low).toBeLessThanOrEqual(high!)
      }),
    )
  })

  it('refuses invalid input', () => {
    const options = { maxLength: 10 }
    expect(() => cosineLengthRewards([1.5], [1], options)).toThrow(
      refusing('OUT_OF_RANGE', '1.5 for response 0'),
    )
    expect(() => cosineLengthRewards([Infinity], [1], options)).toThrow(refusing('NOT_FINITE', 'lengths[0]'))
    expect(() => cosineLengthRewards([1], [], options)).toThrow(refusing('SHAPE_MISMATCH', 'correct'))
    expect(() => cosineLengthRewards([1], [1], { maxLength: 0 })).toThrow(
      refusing('INVALID_OPTION', 'maxLength'),
    )
    const swapped = { maxLength: 10, minValueWrong: 0 }
    expect(() => cosineLengthRewards([1], [1], swapped)).toThrow(
      refusing('INVALID_OPTION', 'maxValueWrong is -0.5; expected a finite number of at least 0'),
    )
    expect(() => cosineLengthRewards([1], [1], { ...options, minWrong: 0 } as typeof options)).toThrow(
      refusing('INVALID_OPTION', 'no minWrong'),
    )
  })
})
