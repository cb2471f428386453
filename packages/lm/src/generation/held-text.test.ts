import fc from 'fast-check'
import { expect, it } from 'vitest'
import { heldText } from './held-text'

/** All that is given out of pieces. */
function through(stop: readonly string[], pieces: readonly string[]): { text: string; stopped: boolean } {
  const held = heldText(stop)
  let text = ''
  for (const piece of pieces) {
    const given = held.push(piece)
    text += given.text
    if (given.stopped) return { text, stopped: true }
  }
  return { text: text + held.end(), stopped: false }
}

it('what may begin a stop string is held back until it is clear', () => {
  const held = heldText(['END', 'NEVER'])
  expect(held.push('the E')).toEqual({ text: 'the ', stopped: false })
  expect(held.push('N')).toEqual({ text: '', stopped: false })
  // "EN" is no beginning any more, but "NE" is one of another.
  expect(held.push('E')).toEqual({ text: 'E', stopped: false })
  expect(held.end()).toBe('NE')
  expect(held.end()).toBe('')
})

it('text ends before the first stop string that is complete, whatever the pieces', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 })
  const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
    maxLength: 3,
  })
  fc.assert(
    fc.property(letters, stops, (pieces, stop) => {
      const all = pieces.join('')
      // By letter: the first letter with which one is complete; of those that end there, the earliest begins the end.
      const end = pieces.findIndex((_, i) => stop.some((each) => all.slice(0, i + 1).endsWith(each)))
      const seen = all.slice(0, end + 1)
      const starts = stop.filter((each) => seen.endsWith(each)).map((each) => seen.length - each.length)
      const expected =
        end < 0 ? { text: all, stopped: false } : { text: all.slice(0, Math.min(...starts)), stopped: true }
      expect(through(stop, pieces)).toEqual(expected)
    }),
  )
})

it('a piece may have the stop string and more, and be all there is', () => {
  expect(through(['\n\n'], ['one\n\ntwo'])).toEqual({ text: 'one', stopped: true })
  expect(through([], ['one', 'two'])).toEqual({ text: 'onetwo', stopped: false })
})
