import { expect } from 'vitest'
import { TreesError, type TreesErrorCode } from '../trees-error'

/** Expects work to throw a `TreesError` of a code whose message holds some words. */
export async function expectTreesError(
  work: () => unknown,
  code: TreesErrorCode,
  ...words: readonly (string | RegExp)[]
): Promise<void> {
  let error: unknown
  try {
    await work()
  } catch (thrown) {
    error = thrown
  }
  if (!TreesError.isInstance(error)) throw new Error(`expected a TreesError, got ${String(error)}`)
  expect(error.message).toMatch(/\S/)
  for (const word of words) expect(error.message).toMatch(word)
  expect({ code: error.code, message: error.message }).toEqual({ code, message: error.message })
}
