import { checklistFormat } from '@prefkit/rubrics'
import { expect, test } from 'vitest'
import type { ChatModel } from '../chat-model'
import { checklistJudge } from './checklist-judge'

const item = {
  prompt: 'Write a haiku on rain.',
  response: 'Rain',
  questions: ['On rain?', 'A haiku?', 'Short?'],
}

const answering = (texts: readonly string[]): ChatModel => ({
  name: 'scripted',
  identity: { model: 'scripted' },
  complete: ({ sample = 0 }) =>
    Promise.resolve({
      text: texts[sample]!,
      finishReason: 'stop',
      usage: { calls: 1, cachedCalls: 0, promptTokens: 50, completionTokens: 9 },
    }),
})

test('the ratio is the share of questions that are satisfied', async () => {
  const judge = checklistJudge(answering(['1. yes\n2. no\n3. yes']), checklistFormat())
  const judgement = await judge.check(item)
  expect(judgement).toMatchObject({ satisfied: [1, 0, 1], provenance: 'parsed', usage: { calls: 1 } })
  expect(judgement.ratio).toBeCloseTo(2 / 3, 15)
})

test('votes give each question a share; those that cannot be read are none', async () => {
  const texts = ['1. yes\n2. no\n3. yes', '1. yes\n2. yes\n3. yes', 'It is nice.']
  const judge = checklistJudge(answering(texts), checklistFormat(), { votes: 3, temperature: 1 })
  const judgement = await judge.check(item)
  expect(judgement).toMatchObject({ satisfied: [1, 0.5, 1] })
  expect(judgement.ratio).toBeCloseTo(2.5 / 3, 15)
  expect(judgement.readings.map(({ parse }) => parse)).toEqual(['exact', 'exact', 'missing'])
})

test('without a readable vote there is no ratio', async () => {
  const judgement = await checklistJudge(answering(['It is nice.']), checklistFormat()).check(item)
  expect(judgement).not.toHaveProperty('ratio')
  expect(judgement).not.toHaveProperty('satisfied')
})

test('misspelt options are refused', () => {
  expect(() => checklistJudge(answering([]), checklistFormat(), { question: [] } as object)).toThrow(
    /no option question/,
  )
})
