import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenWindows } from './token-windows'

const one = () => 1
const texts = (text: string, size: number, stride = size) =>
  tokenWindows(text, { size, stride }, one).map((window) => window.text)

describe('tokenWindows', () => {
  it('keeps a text that fits as it is, but for the space around it', () => {
    expect(tokenWindows(' a  b\nc ', { size: 8, stride: 8 }, one)).toEqual([{ text: 'a  b\nc', tokens: 6 }])
    expect(texts(' \n', 8)).toEqual([])
  })

  it('cuts between words, and starts again after the stride', () => {
    expect(texts('a b c d e', 2)).toEqual(['a b', 'c d', 'e'])
    expect(texts('a b c d e', 3, 2)).toEqual(['a b c', 'c d e'])
    expect(texts('a b c d e', 3, 1)).toEqual(['a b c', 'b c d', 'c d e'])
  })

  it('counts tokens and not words', () => {
    const windows = tokenWindows('aaa b cc d', { size: 4, stride: 4 }, (word) => word.length)
    expect(windows).toEqual([
      { text: 'aaa b', tokens: 4 },
      { text: 'cc d', tokens: 3 },
    ])
  })

  it('cuts words that are longer than any word', () => {
    expect(texts('x'.repeat(100), 2)).toEqual(['x'.repeat(96), 'xxxx'])
  })

  it('covers every text, in order, within the size', () => {
    // A word is cut after 48 characters: with one token a character and one more, 49 tokens.
    const sizes = fc.integer({ min: 49, max: 128 })
    const countTokens = (word: string) => [...word].length + 1
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), sizes, (text, size) => {
        const windows = tokenWindows(text, { size, stride: size }, countTokens)
        const compact = (value: string) => value.replace(/\s+/g, '')
        expect(windows.map((window) => compact(window.text)).join('')).toBe(compact(text))
        for (const { tokens } of windows) expect(tokens).toBeLessThanOrEqual(size)
      }),
    )
  })
})
