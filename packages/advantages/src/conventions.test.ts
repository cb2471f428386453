import { expect, it } from 'vitest'
import { conventions } from './conventions'
import * as advantages from './index'

/** The conventions of each public function, as its error for an unknown convention lists them. */
function conventionsByMessage(): Record<string, string[]> {
  const nobodys = { convention: 'nobody' }
  return Object.fromEntries(
    Object.values<unknown>(advantages).flatMap((value) => {
      if (typeof value !== 'function') return []
      // The options are the second argument of most and the third of some.
      const message = messageOf(() => value({}, nobodys, nobodys))
      const known = /^convention is the string "nobody"; expected one of (.+)$/.exec(message)
      return known === null ? [] : [[value.name, known[1]!.split(', ')]]
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

it('the registry holds the functions that take a convention, and the conventions of each', () => {
  expect(conventionsByMessage()).toEqual(conventions)
})

it.each([
  ['groupRelativeAdvantages', (how: object) => advantages.groupRelativeAdvantages([[1, 0]], how)],
  ['whiten', (how: object) => advantages.whiten([[1, 0, 2]], how)],
] as const)('left out, the convention of %s is the first of the registry', (name, call) => {
  const [preset, ...others] = conventions[name]
  expect(call({})).toEqual(call({ convention: preset }))
  for (const convention of others) expect(call({})).not.toEqual(call({ convention }))
})
