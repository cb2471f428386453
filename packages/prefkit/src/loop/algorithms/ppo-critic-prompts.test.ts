import { expect, it } from 'vitest'
import { promptAlone, valueWithAnchor } from './ppo-critic-prompts'

const anchorOf = (tokens: number[]) => ({ text: tokens.join(' '), tokens })
const prompt = {
  ...{ id: 'a', text: 'a', tokens: [1, 2] },
  anchors: [anchorOf([10, 11, 12, 13]), anchorOf([20])],
}

it('reads the prompt, each anchor and what separates them', () => {
  expect(promptAlone({ prompt })).toEqual([1, 2])
  expect(valueWithAnchor()({ prompt })).toEqual([1, 2, 10, 11, 12, 13, 20])
  const separated = valueWithAnchor({ separator: [9] })
  expect(separated({ prompt })).toEqual([1, 2, 10, 11, 12, 13, 9, 20, 9])
})

it('cuts the ends of the longest anchors where all is too long, and nothing else', () => {
  const tokensOf = (maxTokens: number) => valueWithAnchor({ separator: [9], maxTokens })({ prompt })
  expect(tokensOf(9)).toEqual([1, 2, 10, 11, 12, 13, 9, 20, 9])
  expect(tokensOf(8)).toEqual([1, 2, 10, 11, 12, 9, 20, 9])
  expect(tokensOf(6)).toEqual([1, 2, 10, 9, 20, 9])
  expect(() => tokensOf(5)).toThrow(/room for 2 anchors beside a prompt of 2 tokens, got 5/)
})

it('refuses a prompt without anchors', () => {
  expect(() => valueWithAnchor()({ prompt: { ...prompt, anchors: [] } })).toThrow(/got none for prompt a/)
})
