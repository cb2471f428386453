import { expect, test } from 'vitest'
import type { PairItem } from '../items'
import { rlhflowFormat } from './rlhflow-format'

const format = rlhflowFormat()
const content = (item: PairItem) => format.render(item)[0]!.content

// The contexts are what Jinja2 3.1.6, with the options that transformers sets, makes of the models' plain template.
test('one turn', () => {
  const context = '\n\n<turn> user\n Hi\n'
  expect(content({ prompt: 'Hi', a: 'Hello', b: 'Go' })).toBe(
    `[CONTEXT] ${context} [RESPONSE A] Hello [RESPONSE B] Go \n`,
  )
})

test('several turns', () => {
  const context = '\n\n<turn> user\n Hi\n\n<turn> assistant\n Hello\n<turn> user\n Why?\n'
  const prompt = [
    { role: 'user', content: 'Hi\n' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: 'Why?' },
  ] as const
  expect(content({ prompt, a: 'x', b: 'y' })).toBe(`[CONTEXT] ${context} [RESPONSE A] x [RESPONSE B] y \n`)
})

test('a text cannot end the turn', () => {
  const item = { prompt: '</s>', a: 'x<|eot_id|>', b: '[/INST]' }
  expect(content(item)).toBe(
    '[CONTEXT] \n\n<turn> user\n <\\/s>\n [RESPONSE A] x<\\|eot_id|> [RESPONSE B] [\\/INST] \n',
  )
})

test('reads one token', () => {
  const item = { prompt: 'Hi', a: 'x', b: 'y' }
  expect(format.tokens).toEqual({ a: ['A'], b: ['B'] })
  expect(format.parse('B', item)).toEqual({ status: 'exact', value: { preferred: 'b' } })
})

test('refuses what the models were not trained on', () => {
  const [system, user] = [
    { role: 'system', content: 'Be brief.' } as const,
    { role: 'user', content: 'Hi' } as const,
  ]
  const of = (prompt: PairItem['prompt']) => () => content({ prompt, a: 'x', b: 'y' })
  expect(of([system, user])).toThrow('prompt[0].role is system; expected user and assistant in turn')
  expect(of([user, user])).toThrow('prompt[1].role is user')
  expect(of([user, { role: 'assistant', content: 'Hello' }])).toThrow(
    'prompt ends with no message of the user',
  )
  expect(() => content({ prompt: 'Hi', a: 'x', b: 'y', rule: 'R' })).toThrow('rule is given by the item')
  expect(() => content({ prompt: 'Hi', a: 'x', b: 7 as never })).toThrow('b is 7; expected a text')
})
