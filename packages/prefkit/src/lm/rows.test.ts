import { expect, it } from 'vitest'
import { completionRow } from './completion-rows'
import { promptRow } from './prompt-rows'

const located = (value: Record<string, unknown>) => ({
  place: { file: 'data.jsonl', line: 3 },
  value,
  isText: false,
})
const user = { role: 'user', content: 'Hi' }
const assistant = { role: 'assistant', content: 'Hello' }

it.each([
  [{ prompt: 'Once' }, 'Once'],
  [{ prompt: [user] }, [user]],
  [{ messages: [user, assistant] }, [user, assistant]],
  [{ prompt: 'Once', messages: [user] }, 'Once'],
])('reads a prompt of %j', (row, prompt) => {
  expect(promptRow(located(row))).toEqual({ place: 'data.jsonl:3', row, prompt })
})

it.each([
  [{}, 'got an empty object'],
  [{ prompt: '' }, 'got the fields prompt (empty text)'],
  [{ prompt: [] }, 'got the fields prompt (empty list)'],
  [{ prompt: 7, id: null }, 'got the fields prompt (number), id (null)'],
  [{ messages: [{ content: 'Hi' }] }, 'got the fields messages (list)'],
])('refuses %j as a prompt, with its place', (row, got) => {
  expect(() => promptRow(located(row))).toThrow(/^data\.jsonl:3: expected a prompt/)
  expect(() => promptRow(located(row))).toThrow(got)
})

it.each([
  [{ prompt: 'a', completion: 'b' }, 'a', 'b'],
  [{ prompt: '', completion: 'b' }, '', 'b'],
  [{ prompt: [user], completion: [assistant] }, [user], [assistant]],
  [{ prompt: [user], completion: 'Hello' }, [user], [assistant]],
  [{ messages: [user, assistant] }, [user], [assistant]],
  [{ text: 'b' }, '', 'b'],
])('reads %j', (row, prompt, completion) => {
  expect(completionRow(located(row))).toEqual({
    place: 'data.jsonl:3',
    row,
    prompt,
    completion,
    isWhole: 'messages' in row,
  })
})

it.each([
  [{ prompt: 'a' }],
  [{ prompt: 'a', completion: '' }],
  [{ prompt: 'a', completion: [assistant] }],
  [{ messages: [user] }],
  [{ messages: [] }],
  [{ text: '' }],
])('refuses %j, with its place', (row) => {
  expect(() => completionRow(located(row))).toThrow(/^data\.jsonl:3: expected prompt and completion .*; got /)
})
