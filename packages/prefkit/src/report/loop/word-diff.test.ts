import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffBlock } from './diff-block'
import { wordDiff } from './word-diff'

test('words of the later text are told from those of the earlier one', () => {
  const { parts, shared } = wordDiff('Tom was a happy boy.', 'Tom was a sad boy.')
  expect(parts).toEqual([
    { kind: 'same', text: 'Tom was a ' },
    { kind: 'dropped', text: 'happy' },
    { kind: 'added', text: 'sad' },
    { kind: 'same', text: ' boy.' },
  ])
  expect(shared).toBe(4 / 5)
})

test('the later text is all that is the same or added, whatever it is', () => {
  const words = fc.array(fc.constantFrom('a', 'cat', 'the', 'dog', '.', '<b>', 'ü'), { maxLength: 30 })
  fc.assert(
    fc.property(words, words, (earlier, later) => {
      const { parts, shared } = wordDiff(earlier.join(' '), later.join(' '))
      const kept = parts.filter(({ kind }) => kind !== 'dropped').map(({ text }) => text)
      expect(kept.join('')).toBe(later.join(' '))
      expect(shared).toBeGreaterThanOrEqual(0)
      expect(shared).toBeLessThanOrEqual(1)
    }),
  )
})

test('texts that differ altogether are told at once', () => {
  const text = (letter: string) => Array.from({ length: 3000 }, (_, i) => `${letter}${i}`).join(' ')
  const { parts, shared } = wordDiff(text('a'), text('b'))
  expect(parts.map(({ kind }) => kind)).toEqual(['dropped', 'added'])
  expect(shared).toBe(0)
})

test('a block marks words, escapes them, and strikes nothing out of a text with little in common', () => {
  expect(diffBlock('It was <i>good</i> on the day.', 'It was <b>bad</b> on the day.').markup).toMatch(
    /^<blockquote class="diff">It was &lt;<del>i<\/del><ins>b<\/ins>&gt;<del>good<\/del><ins>bad<\/ins>/,
  )
  const apart = diffBlock('One two three four five.', 'Six seven eight five nine.')
  expect(apart.markup).not.toContain('<del>')
  expect(apart.shared).toBeLessThan(0.4)
  expect(diffBlock('One', ' ').markup).toContain('(empty)')
})
