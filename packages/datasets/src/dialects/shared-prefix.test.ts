import { expect, test } from 'vitest'
import { sharedPrefixLength, splitSharedMessages } from './shared-prefix'
import { trlImplicit } from './trl-implicit'

const parse = (chosen: string, rejected: string) =>
  trlImplicit.parse({ chosen, rejected }, { fallbackId: 'x' }).comparisons![0]

test('a shared prefix never ends inside a surrogate pair', () => {
  expect(sharedPrefixLength('a😀', 'a😁')).toBe(1)
  expect(sharedPrefixLength('a😀b', 'a😀c')).toBe(3)
  expect(sharedPrefixLength('', 'a')).toBe(0)
})

test("TRL's examples: the sky is blue, is green", () => {
  expect(parse('The sky is blue.', 'The sky is green.')).toEqual({
    id: 'x',
    prompt: 'The sky is',
    chosen: ' blue.',
    rejected: ' green.',
  })
})

test('a response that is the start of the other, and equal texts', () => {
  expect(parse('Yes', 'Yes, but')).toMatchObject({ prompt: 'Yes', chosen: '', rejected: ', but' })
  expect(parse('Yes', 'Yes')).toMatchObject({ prompt: '', chosen: 'Yes', rejected: 'Yes' })
  expect(parse('A', 'B')).toMatchObject({ prompt: '', chosen: 'A', rejected: 'B' })
})

test('equal conversations differ in their last message', () => {
  const messages = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'r' },
  ]
  expect(splitSharedMessages(messages, messages)).toEqual({
    prompt: messages.slice(0, 1),
    chosen: messages.slice(1),
    rejected: messages.slice(1),
  })
})
