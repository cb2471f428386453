import { expect, test } from 'vitest'
import type { Comparison } from './comparison'
import { promptKey } from './comparison-keys'

const keyOf = (prompt: Comparison['prompt'], chosen = 'a', rejected = 'b') =>
  promptKey({ id: 'x', prompt, chosen, rejected })

test('a prompt is the same in any case, spacing, compatible characters and form', () => {
  const key = keyOf('Why fish?')
  expect(keyOf(' why\n FISH? ', 'c', 'd')).toBe(key)
  expect(keyOf('Why \uFB01sh?')).toBe(key)
  expect(keyOf([{ role: 'user', content: 'Why fish?' }])).toBe(key)
  expect(keyOf('Why fish')).not.toBe(key)
})

test('without a prompt the two responses stand for it, in either order', () => {
  expect(keyOf('', 'One', 'two')).toBe(keyOf(' ', 'TWO', 'one '))
  expect(keyOf('', 'one', 'two')).not.toBe(keyOf('', 'one', 'three'))
})
