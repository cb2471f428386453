import { loadLanguageModel } from '@prefkit/lm/files'
import { afterAll, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { judgeTemplate } from './judge-template'
import { shortenText } from './shorten-text'

const model = await loadLanguageModel(storiesPath)
afterAll(() => model.release())
const tokenizer = model.tokenizer!
const words = { yes: ['y'], no: ['n'] }
const said = (text: string) => ({ text, tokens: [] })
const prompt = { id: 'q', text: 'Tom had a dog.', tokens: [] }

it('keeps how long texts begin and end, and characters whole', () => {
  const text = 'Once upon a time there was a little girl. She liked to play.'
  expect(shortenText(tokenizer, text, 100)).toBe(text)
  const short = shortenText(tokenizer, text, 6)
  expect(short).toMatch(/^Once upon.* \[…\] .*play\.$/)
  expect(tokenizer.encode(short.replace(' […] ', ' '), { addSpecialTokens: false }).length).toBeLessThan(9)
  // Four bytes each, for which the vocabulary has tokens of one byte.
  expect(shortenText(tokenizer, '😀😀😀😀', 5)).not.toContain('\uFFFD')
})

it('shows both responses alike, as long as they may be', () => {
  const template = judgeTemplate(model, {
    words,
    maxResponseTokens: 8,
    write: ({ prompt: q, first, second }) => `${q}|${first}|${second}`,
  })
  const long = 'The dog was very happy and the dog ran and the dog sat and then it was night.'
  const text = tokenizer.decode(template.tokens({ prompt, first: said(long), second: said('It sat.') }))
  const [, first, second] = text.split('|')
  expect(first).toMatch(/^The dog .*\[…\].*ght\.$/)
  expect(first!.length).toBeLessThan(long.length)
  expect(second).toBe('It sat.')
})

it('writes a conversation where the model has a chat template', () => {
  const chat = {
    ...{ path: 'm', tokenizer },
    chatTemplate: { source: '', render: () => 'Tell me: yes or no?' },
  }
  const tokens = judgeTemplate(chat, { words }).tokens({ prompt, first: said('a'), second: said('b') })
  expect(tokens).toEqual(tokenizer.encode('Tell me: yes or no?', { addSpecialTokens: false }))
})

it('refuses words that no token spells, and limits that leave nothing', () => {
  expect(() => judgeTemplate(model, { words: { yes: ['absolutely'], no: ['n'] } })).toThrow('single token')
  expect(() => judgeTemplate(model, { words, maxResponseTokens: 1 })).toThrow(
    'judgeTemplate: maxResponseTokens: expected a whole number ≥ 2, got 1',
  )
})
