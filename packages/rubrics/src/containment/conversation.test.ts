import { expect, test } from 'vitest'
import type { Conversation } from '../prompt-message'
import { checkConversation, wrapConversation } from './conversation'
import { fence } from './fence'

test('a text and a single message of a user are the same prompt', () => {
  const text = wrapConversation(fence([]), 'Why?')
  expect(text).toBe('<prompt-7051>\nWhy?\n</prompt-7051>')
  expect(wrapConversation(fence([]), [{ role: 'user', content: 'Why?' }])).toBe(text)
})

test('messages stand between tags of their roles', () => {
  const conversation: Conversation = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Why?' },
    { role: 'assistant', content: 'Because.' },
    { role: 'user', content: 'Because of what?' },
  ]
  expect(wrapConversation(fence([]), conversation)).toBe(`<conversation-7051>
<system-7051>
Be brief.
</system-7051>
<user-7051>
Why?
</user-7051>
<assistant-7051>
Because.
</assistant-7051>
<user-7051>
Because of what?
</user-7051>
</conversation-7051>`)
})

test('what is no conversation is refused, with its place', () => {
  const check = (value: unknown) => () => checkConversation('prompt', value as Conversation)
  expect(check('')).not.toThrow()
  expect(check(undefined)).toThrow('prompt is undefined; expected a text, or one or more messages')
  expect(check([])).toThrow('prompt is empty; expected a text, or one or more messages')
  expect(check([{ role: 'tool', content: '' }])).toThrow(
    'prompt[0].role is the string "tool"; expected system',
  )
  expect(check([{ role: 'user' }])).toThrow('prompt[0].content is undefined; expected a text')
  expect(check([null])).toThrow('prompt[0].role is undefined')
})
