import { describe, expect, it } from 'vitest'
import type { Judge } from '../judge'
import { gradeOptionNames, graderOf, outputGrader } from './grade-output'
import { lengthJudge } from './testing/length-judge'

const pairwiseOnly = (): Judge => {
  const { name, identity, compare } = lengthJudge()
  return { name, identity, compare }
}

describe('outputGrader', () => {
  it('compares with the expected output, and grades by the win probability', async () => {
    const judge = lengthJudge()
    const signal = new AbortController().signal
    const grade = outputGrader('test', judge, {})
    const { score, reason } = await grade({ prompt: 'q', output: 'abc', expected: 'a' }, { signal })
    expect(score).toBe(0.75)
    expect(reason).toBe('better than the expected output with probability 0.750 (scores)')
    expect(judge.asked.pairs).toEqual([{ prompt: 'q', a: 'abc', b: 'a' }])
    expect(judge.asked.options).toEqual([{ signal }])
  })

  it('grades by where the score lies on the scale, and shows the expected output as reference', async () => {
    const judge = lengthJudge()
    const grade = outputGrader('test', judge, { scale: { min: 1, max: 5 } })
    const { score, reason } = await grade({ prompt: 'q', output: 'abc', expected: 'right' })
    expect(score).toBe(0.5)
    expect(reason).toBe('scored 3 from 1 to 5 (parsed)\n\nIt has 3 letters.')
    await grade({ prompt: 'q', output: 'ab' })
    expect(judge.asked.responses).toEqual([
      { prompt: 'q', response: 'abc', reference: 'right' },
      { prompt: 'q', response: 'ab' },
    ])
  })

  it('has no score where the judge has no answer, and says why', async () => {
    const compared = await outputGrader('test', lengthJudge(), {})({ prompt: '', output: '?', expected: 'a' })
    expect(compared.score).toBeUndefined()
    expect(compared.reason).toBe('the judge abstained: a response asks\n\nHm.')
    const scale = { min: 0, max: 9 }
    const scored = await outputGrader('test', lengthJudge(), { scale })({ prompt: '', output: '?' })
    expect(scored.score).toBeUndefined()
    expect(scored.reason).toBe('the judge gave no score: the text has no score\n\nHm.')
  })

  it('refuses an output without an expected one to compare it with', async () => {
    await expect(outputGrader('test', lengthJudge(), {})({ prompt: '', output: 'a' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      parameter: 'expected',
    })
  })

  it('refuses a score outside the scale instead of cutting it off', async () => {
    const grade = outputGrader('test', lengthJudge(), { scale: { min: 0, max: 2 } })
    await expect(grade({ prompt: '', output: 'abc' })).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
  })

  it.each([
    { min: 5, max: 1 },
    { min: 1, max: 1 },
    { min: Number.NaN, max: 1 },
    { min: 0, max: Number.POSITIVE_INFINITY },
  ])('refuses the scale %j', (scale) => {
    expect(() => outputGrader('test', lengthJudge(), { scale })).toThrow(
      expect.objectContaining({ code: 'OUT_OF_RANGE' }),
    )
  })

  it('refuses a scale for a judge that only compares, and misspelt options', () => {
    expect(() => outputGrader('test', pairwiseOnly(), { scale: { min: 0, max: 1 } })).toThrow(
      /does not score/,
    )
    const misspelt = { scales: { min: 0, max: 1 } } as object
    expect(() => graderOf('test', lengthJudge(), misspelt, gradeOptionNames)).toThrow(/no option scales/)
  })
})
