import { excerpt } from '../check-options'
import { LmError } from '../lm-error'

/** One more than the largest id that an i32 holds. */
const i32End = 2 ** 31

/**
 * @param name what errors call the list.
 * @param vocabSize how many tokens there are. Default: as many as an i32 counts.
 * @throws LmError `UNKNOWN_TOKEN` for what is no token id, by its place; `INVALID_OPTION` for what is no list of numbers.
 */
export function requireTokenIds(name: string, ids: ArrayLike<number>, vocabSize: number = i32End): void {
  // Whoever calls without types may give anything, and a text above all: it has a length too.
  if (typeof ids !== 'object' || ids === null || !Number.isSafeInteger(ids.length)) {
    const expected = 'expected a list of token ids; texts are for generateText, or for a tokeniser'
    throw new LmError('INVALID_OPTION', `${name}: ${expected}, got ${excerpt(ids)}`)
  }
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!
    if (Number.isInteger(id) && id >= 0 && id < vocabSize) continue
    const got = typeof id === 'number' ? String(id) : excerpt(id)
    const expected = `expected a token id from 0 to ${vocabSize - 1}`
    throw new LmError('UNKNOWN_TOKEN', `${name}[${i}]: ${expected}, got ${got}`)
  }
}

/** @throws LmError `INVALID_OPTION` for what is no array, such as one prompt where a list of them is asked for. */
export function requireList(name: string, list: readonly unknown[]): void {
  // Whoever calls without types may give anything.
  if (Array.isArray(list)) return
  throw new LmError('INVALID_OPTION', `${name}: expected an array, got ${excerpt(list)}`)
}
