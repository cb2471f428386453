import fc from 'fast-check'
import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import { escapeHtml, truncateText } from './escape-html'

test('whatever the text, a parser reads back that text and no element', () => {
  const nasty = fc.constantFrom(
    '</script>',
    '<img src=x onerror=alert(1)>',
    '&lt;',
    "' onload='",
    '<!--',
    ']]>',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), { maxLength: 6 }), (parts) => {
      const text = parts.join('').replace(/[^\P{Cc}\t\n]/gu, '')
      const { document } = parseHTML(
        `<!doctype html><body><p title="${escapeHtml(text)}">${escapeHtml(text)}</p></body>`,
      )
      const paragraph = document.querySelector('p')!
      expect(paragraph.textContent).toBe(text)
      expect(paragraph.getAttribute('title')).toBe(text)
      expect(paragraph.children.length).toBe(0)
    }),
  )
})

test('characters that HTML cannot hold are replaced, line ends are one', () => {
  expect(escapeHtml('a\u0000b\u001bc\ud800d')).toBe('a\ufffdb\ufffdc\ufffdd')
  expect(escapeHtml('a\r\nb\rc\td 🙂')).toBe('a\nb\nc\td 🙂')
})

test('truncation counts what it hides and never halves a character', () => {
  expect(truncateText('abc', 3)).toEqual({ text: 'abc', hidden: 0 })
  expect(truncateText('abcd', 3)).toEqual({ text: 'abc', hidden: 1 })
  expect(truncateText('ab🙂d', 3)).toEqual({ text: 'ab', hidden: 3 })
})
