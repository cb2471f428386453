import { pointwiseFormat, ratingFormat } from '@prefkit/rubrics'
import { describe, expect, it } from 'vitest'
import type { ChatModel } from '../chat-model'
import { noUsage } from '../usage'
import { askVotes } from './ask-votes'

const item = { prompt: 'What is 2 + 2?', response: 'Four.' }
const modelThat = (text: string, finishReason: string): ChatModel => ({
  name: 'fixed',
  identity: { model: 'fixed' },
  complete: () => Promise.resolve({ text, finishReason, usage: noUsage }),
})

describe('what the server says of the end of a text', () => {
  const rating = 'It fails 3 of 4 demands, so\n1'
  const evaluation = '<evaluation>Right.\n<answer>8</answer>'

  it.each([
    [rating, 'stop', 'exact'],
    [rating, 'length', 'missing'],
    [rating, 'content_filter', 'ambiguous'],
  ] as const)('of the rating %j, %s, makes it %s', async (text, finishReason, status) => {
    const [vote] = await askVotes(modelThat(text, finishReason), ratingFormat(), item, {})
    expect(vote!.parsed.status).toBe(status)
  })

  it.each([
    ['stop', 'recovered'],
    ['length', 'missing'],
  ] as const)(
    'tells a forgotten closing tag from a text that was cut off: %s',
    async (finishReason, status) => {
      const format = pointwiseFormat({ generate: false })
      const [vote] = await askVotes(modelThat(evaluation, finishReason), format, item, {})
      expect(vote!.parsed.status).toBe(status)
    },
  )
})
