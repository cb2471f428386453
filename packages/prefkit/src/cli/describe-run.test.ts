import { expect, test } from 'vitest'
import { summaryText } from './describe-run'

test('what a stage came to is told in words, and what there was none of is not', () => {
  const none = { tooLong: 0, alsoHeldOut: 0, hardened: 0 }
  expect(summaryText({ summary: { base: 'a.bin', algorithm: 'grpo', prompts: 12, ...none } })).toBe(
    'algorithm grpo, prompts 12',
  )
  expect(summaryText({ summary: { pairs: 9, heldOut: 3, tooLong: 2, rejectedPairs: 1, kl: 0.12345 } })).toBe(
    'pairs 9, held out 3, too long 2, rejected pairs 1, kl 0.1235',
  )
  expect(summaryText({ summary: { pairs: 9, eval_accuracy: 0 } })).toBe('pairs 9, held-out accuracy 0')
})
