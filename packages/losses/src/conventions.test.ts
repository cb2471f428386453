import { expect, it } from 'vitest'
import { conventions } from './conventions'
import * as losses from './index'

/** What each public function knows, by its own word: what it says when asked for a convention that nobody has. */
function conventionsByMessage(): Record<string, string[]> {
  const nobodys = { convention: 'nobody' }
  return Object.fromEntries(
    Object.entries<unknown>(losses).flatMap(([name, value]) => {
      if (typeof value !== 'function') return []
      const message = messageOf(() => value({}, nobodys))
      const known = /^\w+: convention: expected one of (.+), got the string "nobody"$/.exec(message)
      return known === null ? [] : [[name, known[1]!.split(', ')]]
    }),
  )
}

function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

it('the registry holds the functions that take a convention, and what each of them knows', () => {
  expect(conventionsByMessage()).toEqual(conventions)
})

it('left out, the convention is the first of the registry', () => {
  const tokens = [
    [1, 2, 3],
    [4, 0, 0],
  ]
  const mask = [
    [1, 1, 1],
    [0, 0, 0],
  ]
  const reduced = (convention?: losses.Convention<'sequenceMeanTokenMean'>) =>
    losses.sequenceMeanTokenMean(tokens, convention === undefined ? { mask } : { mask, convention }).item()
  expect(reduced()).toBe(reduced(conventions.sequenceMeanTokenMean[0]))
  expect(reduced()).not.toBe(reduced('trl'))
})
