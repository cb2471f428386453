import { describe, expect, it } from 'vitest'
import { conversationOf, conversationOfJson, isConversation, textOf } from './conversation-of'

const messages = [{ role: 'user', content: 'hi' }] as const

describe('conversationOf', () => {
  it('keeps texts and messages, and writes the rest as JSON', () => {
    expect(conversationOf('hi')).toBe('hi')
    expect(conversationOf(messages)).toBe(messages)
    expect(conversationOf({ question: 'hi' })).toBe('{"question":"hi"}')
    expect(conversationOf(undefined)).toBe('')
  })

  it('takes no list for messages whose parts are not', () => {
    expect(isConversation([{ role: 'tool', content: 'hi' }])).toBe(false)
    expect(isConversation([{ role: 'user', content: [{ type: 'text' }] }])).toBe(false)
    expect(isConversation([null])).toBe(false)
    expect(isConversation([])).toBe(false)
  })
})

describe('conversationOfJson', () => {
  it('reads messages, and leaves every other text alone', () => {
    expect(conversationOfJson(JSON.stringify(messages))).toEqual(messages)
    for (const text of ['[1]', '{"a": 1}', 'plain [', '']) expect(conversationOfJson(text)).toBe(text)
  })
})

describe('textOf', () => {
  it('has no text for what is not there', () => {
    expect([undefined, null, '', 0, ['a']].map(textOf)).toEqual([undefined, undefined, '', '0', '["a"]'])
  })
})
