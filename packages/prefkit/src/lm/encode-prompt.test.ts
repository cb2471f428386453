import { type Checkpoint, chatTemplate, LmError } from '@prefkit/lm'
import { loadCheckpoint } from '@prefkit/lm/files'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PrefkitError } from '../prefkit-error'
import { type Encoding, encodeCompletion, encodePrompt, requireEncoding } from './encode-prompt'
import { storiesPath, storiesTemplate } from './testing/stories'

let checkpoint: Checkpoint
let plain: Encoding
let chat: Encoding
beforeAll(async () => {
  checkpoint = await loadCheckpoint(storiesPath)
  plain = requireEncoding(checkpoint)
  chat = { ...plain, chatTemplate: chatTemplate(storiesTemplate, plain.tokenizer.specialTokens) }
})
afterAll(() => checkpoint.close())

const decoded = ({ tokenizer }: Encoding, ids: readonly number[]) => tokenizer.decode(ids)
const place = 'data.jsonl:1'
const user = { role: 'user', content: 'Who is Lily?' }
const assistant = { role: 'assistant', content: 'A girl.' }

describe('prompts', () => {
  it('are text as it stands, or a conversation up to where the assistant begins', () => {
    expect(encodePrompt(plain, 'Once upon')).toEqual(plain.tokenizer.encode('Once upon'))
    const conversation = encodePrompt(chat, [user])
    expect(decoded(chat, conversation)).toBe('<s> user: Who is Lily?\nassistant:')
    expect(encodePrompt(chat, user.content, { chat: true })).toEqual(conversation)
  })

  it('take a message of the system where there is a place for one', () => {
    const ids = encodePrompt(chat, [user], { system: 'Be brief.' })
    expect(decoded(chat, ids)).toContain('system: Be brief.\nuser: Who')
    expect(() => encodePrompt(chat, 'Once', { system: 'Be brief.' })).toThrow(/add --chat/)
    const twice = () => encodePrompt(chat, [{ role: 'system', content: 'x' }, user], { system: 'y' })
    expect(twice).toThrow(PrefkitError)
  })

  it('of a conversation need a template', () => {
    expect(() => encodePrompt(plain, [user])).toThrow(expect.objectContaining({ code: 'NO_CHAT_TEMPLATE' }))
  })
})

describe('completions', () => {
  it('are split where the whole text is split into tokens', () => {
    const { prompt, completion } = encodeCompletion(plain, {
      place,
      prompt: 'Once upon a ti',
      completion: 'me there',
    })
    expect([...prompt, ...completion]).toEqual(plain.tokenizer.encode('Once upon a time there'))
    expect(decoded(plain, prompt)).not.toContain('ti')
    expect(decoded(plain, completion)).toContain('time')
  })

  it('end where a model has to learn to', () => {
    const { eos } = plain.tokenizer.specialTokens
    const row = { place, prompt: 'Once', completion: ' upon' }
    const open = encodeCompletion(plain, row)
    expect(encodeCompletion(plain, row, { ends: true }).completion).toEqual([...open.completion, eos!.id])
  })

  it('of a conversation are what its template adds', () => {
    const row = { place, prompt: [user], completion: [assistant] }
    const { prompt, completion } = encodeCompletion(chat, row)
    expect(prompt).toEqual(encodePrompt(chat, [user]))
    expect(decoded(chat, completion)).toContain('A girl.')
    const text = { place, prompt: user.content, completion: assistant.content }
    expect(encodeCompletion(chat, text, { chat: true })).toEqual({ prompt, completion })
  })

  it('after nothing leave the first token out, which nothing predicts', () => {
    const all = plain.tokenizer.encode('Once upon')
    const encoded = encodeCompletion(plain, { place, prompt: '', completion: 'Once upon' })
    expect(encoded).toEqual({ prompt: all.slice(0, 1), completion: all.slice(1) })
  })

  it('without a token of their own are refused with their place', () => {
    const silent: Encoding = { ...chat, chatTemplate: chatTemplate('hello') }
    const refused = () => encodeCompletion(silent, { place, prompt: [user], completion: [assistant] })
    expect(refused).toThrow(/^data\.jsonl:1: the completion has no tokens/)
  })
})

it('needs a tokeniser', () => {
  expect(() => requireEncoding({ path: 'model' })).toThrow(LmError)
})
