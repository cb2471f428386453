import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenKey, tokenTexts } from './token-text'

const texts = (token: string) => [...tokenTexts({ token })]
const utf8 = (text: string) => [...new TextEncoder().encode(text)]

test('spaces and line breaks as tokenizers write them', () => {
  expect(texts('Ġyes')).toContain(' yes')
  expect(texts('▁yes')).toContain(' yes')
  expect(texts('Ċ')).toContain('\n')
  expect(texts('<0x0A>')).toContain('\n')
  expect(texts('bytes:\\xe2\\x80\\x99')).toContain('’')
  expect(texts('Ã©')).toContain('é')
})

test('a token is not what it is not', () => {
  expect(texts('yes')).toEqual(['yes'])
  expect(texts(' yes')).toEqual([' yes'])
  expect(texts('ye')).not.toContain('yes')
  // Half of a character has no text.
  expect(texts('<0xE2>')).not.toContain('â')
  expect([...tokenTexts({ token: '\ufffd', bytes: [0xe2] })]).toEqual([])
  expect([...tokenTexts({ id: 3 })]).toEqual([])
})

test('bytes say what a token is, whatever it is written as', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string(), (text, written) => {
      expect([...tokenTexts({ token: written, bytes: utf8(text) })]).toEqual([text])
    }),
  )
})

test('the alphabet of bytes is read back, for every text', () => {
  // The table of GPT-2's encoder, made the other way round: printable Latin-1 stands for itself.
  const isPrintable = (byte: number) =>
    (byte > 32 && byte < 127) || (byte > 160 && byte < 173) || (byte > 173 && byte < 256)
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !isPrintable(byte))
  const write = (byte: number) => String.fromCodePoint(isPrintable(byte) ? byte : 256 + others.indexOf(byte))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      expect(texts(utf8(text).map(write).join(''))).toContain(text)
    }),
  )
})

test('the same token has the same key, by its number before its bytes before its text', () => {
  expect(tokenKey({ id: 1, token: 'a' })).toBe(tokenKey({ id: 1, token: 'b' }))
  expect(tokenKey({ token: '�', bytes: [0xe2] })).not.toBe(tokenKey({ token: '�', bytes: [0xe3] }))
  expect(tokenKey({ token: 'yes' })).not.toBe(tokenKey({ token: ' yes' }))
})
