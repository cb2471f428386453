import { loadLanguageModel } from '@prefkit/lm/files'
import { beforeAll, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { type FitTextsOptions, fitTexts } from './fit-texts'

let tokenizer: FitTextsOptions['tokenizer']
beforeAll(async () => {
  tokenizer = (await loadLanguageModel(storiesPath)).tokenizer!
})

const count = (text: string): number => tokenizer.encode(text, { addSpecialTokens: false }).length
const lengthOf = (texts: readonly string[]): number => count(`Which? ${texts.join('\n')} Answer:`)
const fitted = (texts: readonly string[], maxTokens: number) =>
  fitTexts(texts, { tokenizer, lengthOf, maxTokens })

const long = 'Once upon a time there was a dog. '.repeat(30)
const longer = 'Lily had a red ball and she ran. '.repeat(40)

it('gives back what fits', () => {
  const texts = ['One day', 'a dog']
  expect(fitted(texts, lengthOf(texts))).toBe(texts)
})

it('shortens the longest alone, and leaves hardly any room', () => {
  const fits = fitted(['A short one.', long, longer], 120)
  expect(fits[0]).toBe('A short one.')
  for (const text of fits.slice(1)) expect(text).toContain(' […] ')
  expect(lengthOf(fits)).toBeLessThanOrEqual(120)
  // One more token of each of two texts would be too many; a cut at another place may give up to three more.
  expect(lengthOf(fits)).toBeGreaterThan(120 - 2 * 4)
  // Both keep as much, but for what is around their cuts.
  expect(Math.abs(count(fits[1]!) - count(fits[2]!))).toBeLessThan(6)
})

it('leaves what nothing helps', () => {
  const texts = [long, longer]
  expect(fitted(texts, 8)).toBe(texts)
})
