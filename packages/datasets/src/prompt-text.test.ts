import { expect, test } from 'vitest'
import { promptMessages, responseMessages } from './chat-message'
import { promptText, responseText } from './prompt-text'

const conversation = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
  { role: 'tool', content: '42' },
]

test('plain text and a lone message are their own text', () => {
  expect(promptText({ prompt: 'Why?' })).toBe('Why?')
  expect(promptText({ prompt: [{ role: 'user', content: 'Why?' }] })).toBe('Why?')
  expect(responseText([{ role: 'assistant', content: 'So.' }])).toBe('So.')
})

test('a conversation names its speakers, and so does a lone message of another role', () => {
  expect(promptText({ prompt: conversation })).toBe(
    'System: Be brief.\n\nUser: Hi\n\nAssistant: Hello\n\ntool: 42',
  )
  expect(promptText({ prompt: [{ role: 'assistant', content: 'So.' }] })).toBe('Assistant: So.')
  expect(promptText({ prompt: [] })).toBe('')
})

test('text as messages, and messages as they are', () => {
  expect(promptMessages('Why?')).toEqual([{ role: 'user', content: 'Why?' }])
  expect(promptMessages('')).toEqual([])
  expect(responseMessages('')).toEqual([{ role: 'assistant', content: '' }])
  expect(promptMessages(conversation)).toBe(conversation)
  expect(responseMessages(conversation)).toBe(conversation)
})
