import { type Checkpoint, chatTemplate } from '@prefkit/lm'
import { loadCheckpoint } from '@prefkit/lm/files'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { completionRow } from './completion-rows'
import { type Encoding, requireEncoding } from './encode-prompt'
import { sftDatum } from './sft-data'
import { storiesPath, storiesTemplate } from './testing/stories'

let checkpoint: Checkpoint
let encoding: Encoding
beforeAll(async () => {
  checkpoint = await loadCheckpoint(storiesPath)
  const plain = requireEncoding(checkpoint)
  encoding = { ...plain, chatTemplate: chatTemplate(storiesTemplate, plain.tokenizer.specialTokens) }
})
afterAll(() => checkpoint.close())

const datumOf = (value: Record<string, unknown>, maxLength = 512) => {
  const row = completionRow({ place: { file: 'data.jsonl', line: 4 }, value, isText: false })
  return sftDatum(encoding, row, { maxLength })
}
const tokensOf = (ids: readonly number[]) => ids.map((id) => encoding.tokenizer.idToToken(id)!).join('')
const learned = (value: Record<string, unknown>): string => {
  const { tokens, completionMask } = datumOf(value)
  return tokensOf(Array.from(tokens).filter((_, i) => completionMask[i] === 1))
}

it('learns a completion and where it ends, and no prompt', () => {
  expect(learned({ prompt: 'Once upon a', completion: ' time' })).toBe('▁time</s>')
  expect(tokensOf(Array.from(datumOf({ prompt: 'Once upon a', completion: ' time' }).tokens))).toBe(
    '<s>▁Once▁upon▁a▁time</s>',
  )
})

it('learns all of a text but the token that begins it', () => {
  expect(learned({ text: 'Once upon a time' })).toBe('▁Once▁upon▁a▁time</s>')
})

it('learns all that the assistant says in a conversation, and nothing else', () => {
  const messages = [
    { role: 'user', content: 'Who?' },
    { role: 'assistant', content: 'Lily.' },
    { role: 'user', content: 'Why?' },
    { role: 'assistant', content: 'Tom.' },
  ]
  const whole = learned({ messages })
  expect(whole.match(/<\/s>/g)).toHaveLength(2)
  expect(whole).toContain('Lily')
  expect(whole).toContain('T')
  expect(whole).not.toMatch(/Who|Why|user/)
  // Of a prompt and a completion, the answers in the prompt are not learned.
  const last = learned({ prompt: messages.slice(0, 3), completion: messages.slice(3) })
  expect(whole.endsWith(last)).toBe(true)
  expect(last).not.toContain('Lily')
})

it('keeps the front of a text, and refuses a row of which nothing is left to learn', () => {
  const row = { prompt: 'Once upon a time', completion: ' there was a girl' }
  const { tokens, completionMask } = datumOf(row, 7)
  expect(tokens).toHaveLength(7)
  expect(Array.from(completionMask)).toEqual([0, 0, 0, 0, 0, 1, 1])
  expect(() => datumOf(row, 5)).toThrow(/^data\.jsonl:4: nothing is to be learned from its first 5 tokens/)
})
