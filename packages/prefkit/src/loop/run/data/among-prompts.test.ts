import { expect, it } from 'vitest'
import { amongPrompts } from './among-prompts'

it('knows a prompt by its text or by its tokens, and not by its id', () => {
  const isKnown = amongPrompts([{ id: '1', text: 'Hello', tokens: [1, 23] }])
  const cases = [
    { id: '7', text: 'Hello', tokens: [9] },
    { id: '8', text: 'user: Hello', tokens: [1, 23] },
    { id: '1', text: 'Bye', tokens: [12, 3] },
  ]
  expect(cases.map(isKnown)).toEqual([true, true, false])
})
