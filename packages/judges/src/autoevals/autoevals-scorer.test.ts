import { ListContains, type Scorer } from 'autoevals'
import { describe, expect, it } from 'vitest'
import { lengthJudge } from '../adapters/testing/length-judge'
import { autoevalsScorer } from './autoevals-scorer'

describe('autoevalsScorer', () => {
  it('is a scorer of autoevals, which calls it for each pair of a list', async () => {
    const judge = lengthJudge()
    const pairwiseScorer: Scorer<string, object> = autoevalsScorer(judge)
    const { score } = await ListContains({ output: ['abc'], expected: ['a'], pairwiseScorer })
    expect(score).toBe(0.75)
    expect(judge.asked.pairs).toEqual([{ prompt: '', a: 'abc', b: 'a' }])
  })

  it('has the name, the score and the reason', async () => {
    const scorer: Scorer<string, { input: string }> = autoevalsScorer(lengthJudge(), { name: 'brevity' })
    expect(await scorer({ input: 'q', output: 'a', expected: 'abc' })).toEqual({
      name: 'brevity',
      score: 0.25,
      metadata: {
        rationale: 'better than the expected output with probability 0.250 (scores)',
        provenance: 'scores',
      },
    })
  })

  it('scores by itself where there is a scale, and takes messages and JSON', async () => {
    const judge = lengthJudge()
    const input = [{ role: 'user', content: 'hi' }]
    const { score } = await autoevalsScorer(judge, { scale: { min: 0, max: 10 } })({
      input,
      output: { a: 1 },
    })
    expect(score).toBe(0.7)
    expect(judge.asked.responses).toEqual([{ prompt: input, response: '{"a":1}' }])
  })

  it('scores null without an answer', async () => {
    expect(await autoevalsScorer(lengthJudge())({ output: '?', expected: '' })).toMatchObject({ score: null })
  })

  it('refuses misspelt options', () => {
    expect(() => autoevalsScorer(lengthJudge(), { key: 'a' } as object)).toThrow(/no option key/)
  })
})
