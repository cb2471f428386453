import { runMultiturnSimulation, type SimpleEvaluator } from 'openevals'
import { describe, expect, it } from 'vitest'
import { lengthJudge } from '../adapters/testing/length-judge'
import { openevalsEvaluator } from './openevals-evaluator'

describe('openevalsEvaluator', () => {
  it('is an evaluator of openevals, which calls it on a conversation', async () => {
    const judge = lengthJudge()
    const evaluator: SimpleEvaluator = openevalsEvaluator(judge)
    const { evaluatorResults } = await runMultiturnSimulation({
      app: ({ inputs }) => ({ role: 'assistant', content: `${inputs.content}!` }),
      user: ['a', 'abc'],
      maxTurns: 2,
      trajectoryEvaluators: [evaluator],
      referenceOutputs: 'abcd',
    })
    const comment = 'better than the expected output with probability 0.500 (scores)'
    expect(evaluatorResults).toEqual([
      { key: 'length', score: 0.5, comment, metadata: { provenance: 'scores' } },
    ])
    const [pair] = judge.asked.pairs
    expect(pair).toMatchObject({ a: 'abc!', b: 'abcd' })
    expect(pair?.prompt).toMatchObject([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'a!' },
      { role: 'user', content: 'abc' },
    ])
  })

  it('takes either name of the reference, and puts what was asked before a conversation', async () => {
    const judge = lengthJudge()
    const evaluate = openevalsEvaluator(judge, { key: 'k' })
    const result = await evaluate({ inputs: 'q', outputs: 'a', reference_outputs: 'abc' })
    expect(result).toMatchObject({ key: 'k', score: 0.25 })
    await evaluate({ inputs: 'q', outputs: [{ role: 'assistant', content: 'a' }], referenceOutputs: 'b' })
    expect(judge.asked.pairs).toEqual([
      { prompt: 'q', a: 'a', b: 'abc' },
      { prompt: [{ role: 'user', content: 'q' }], a: 'a', b: 'b' },
    ])
  })

  it('scores by itself where there is a scale', async () => {
    const evaluate = openevalsEvaluator(lengthJudge(), { scale: { min: 0, max: 10 } })
    expect(await evaluate({ inputs: { question: 'q' }, outputs: 'abc' })).toMatchObject({ score: 0.3 })
  })

  it('throws without an answer, which has no place in a result', async () => {
    const evaluate = openevalsEvaluator(lengthJudge())
    await expect(evaluate({ outputs: '?', reference_outputs: 'a' })).rejects.toMatchObject({
      code: 'NO_ANSWER',
      message: expect.stringContaining('the judge abstained: a response asks'),
    })
  })

  it('refuses misspelt options', () => {
    expect(() => openevalsEvaluator(lengthJudge(), { name: 'a' } as object)).toThrow(/no option name/)
  })
})
