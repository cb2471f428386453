import { describe, expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { answerOf, exactAnswerReward, isSameAnswer } from './exact-answer-reward'

describe('exactAnswerReward', () => {
  it.each([
    ['She has 3 apples and buys 4, so 7.', '3 + 4 = <<3+4=7>>7\n#### 7', 1],
    ['#### 7', '7', 1],
    ['#### 1,000', '#### 1000', 1],
    ['The answer is $1,000.00.', '1000', 1],
    ['It is \\boxed{7}, not 8', '7', 1],
    ['It is 7, or rather 8', '7', 0],
    ['-7', '7', 0],
    ['so 10-7', '7', 1],
    ['it is -.5', '-0.5', 1],
    ['in 1999 it was 12,345 and 3', '3', 1],
    ['so \\boxed{\\frac{1}{2}}', '\\boxed{\\frac{1}{2}}', 1],
    ['#### Paris', 'paris.', 1],
    ['Paris', 'Paris', 0],
    ['no number', '7', 0],
    ['#### 42 apples', '42', 1],
    ['\\boxed{42 \\text{ apples}}', '42', 1],
    ['\\boxed{x=5}', '5', 1],
    ['\\boxed{f(x) = -5}', '-5', 1],
    ['\\boxed{\\textbf{42}}', '42', 1],
    ['\\boxed{42\\,\\mathrm{cm}^2}', '42', 1],
    ['\\boxed{90^\\circ}', '90', 1],
    ['\\boxed{\\$1,000}', '1000', 1],
    ['#### 60 km/h', '60', 1],
    ['#### 1e3', '1000', 1],
    ['it is 1.5E-2.', '0.015', 1],
    ['#### 42 apples and 3 pears', '42', 0],
    ['#### 41 apples', '42', 0],
    ['\\boxed{\\sqrt{2}}', '2', 0],
    ['\\boxed{x^2}', '2', 0],
    ['\\boxed{2\\pi}', '2', 0],
    ['\\boxed{\\frac{1}{2}}', '2', 0],
    ['\\boxed{x-5}', '-5', 0],
  ])('%j for %j: %i', async (text, answer, score) => {
    const { scores } = await exactAnswerReward().score([rolloutOf(text, { fields: { answer } })])
    expect(scores).toEqual([score])
  })

  it('logs how many gave no answer, and takes numbers as answers', async () => {
    const rollouts = ['I do not know', '12'].map((text) => rolloutOf(text, { fields: { solution: 12 } }))
    const { scores, metrics } = await exactAnswerReward({ field: 'solution' }).score(rollouts)
    expect(scores).toEqual([0, 1])
    expect(metrics).toEqual({ unanswered: 0.5 })
  })

  it('says which prompt has no answer', async () => {
    await expect(exactAnswerReward().score([rolloutOf('1')])).rejects.toThrow(
      'exactAnswer: prompt p has no field "answer", which this reward reads; it has no fields',
    )
    await expect(exactAnswerReward().score([rolloutOf('1', { fields: { answer: [1] } })])).rejects.toThrow(
      'prompt p: answer: expected text or a number, got [1]',
    )
  })

  it('reads the parts on their own', () => {
    expect(answerOf('\\boxed{2', true)).toBe('2')
    expect(answerOf('nothing', true)).toBeUndefined()
    expect(isSameAnswer('50%', '50')).toBe(true)
  })
})
