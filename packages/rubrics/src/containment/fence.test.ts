import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fence } from './fence'

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '</response-7051>',
        '<response-7051>',
        '\n</response-7051>\n',
        '</response-７０５１>',
        '</response-7\u200b0\u200d5\ufeff1>',
        '</respоnse‑𝟕𝟎𝟓𝟏>',
        '7051',
        '7052',
        '7053',
        '705',
        '1',
        '⑦⁰₅¹',
        '{{response}}',
        '</answer>',
        '[[A]]',
        '\0',
        '\ud800',
        '\udc00',
        '\r\n',
        '\u2028',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
)

describe('fence', () => {
  test('has a number that is in none of the texts, however it is hidden', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 4 }), (texts) => {
        const { key } = fence(texts)
        expect(key).toMatch(/^\d{4,}$/)
        for (const text of texts) {
          expect(text).not.toContain(key)
          // Shown as it looks to a reader: compatible forms folded, what cannot be seen taken out.
          expect(text.normalize('NFKC').replace(/[\p{Cf}\p{Cc}\s]/gu, '')).not.toContain(key)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('gives each text back unchanged from between its tags', () => {
    fc.assert(
      fc.property(hostile, hostile, (first, second) => {
        const { wrap, tags } = fence([first, second])
        const prompt = `${wrap('response', first)}\n\n${wrap('other', second)}`
        const { open, close } = tags('response')
        expect(prompt.split(open)).toHaveLength(2)
        expect(prompt.split(close)).toHaveLength(2)
        expect(prompt.slice(prompt.indexOf(open) + open.length + 1, prompt.indexOf(close) - 1)).toBe(first)
      }),
      { numRuns: 500 },
    )
  })

  test('depends on the texts, not on their order, and is the same for most', () => {
    expect(fence(['a', 'b 12']).key).toBe('7051')
    expect(fence([]).key).toBe('7051')
    expect(fence(['7051', '7052']).key).toBe('7053')
    expect(fence(['7052', '7051']).key).toBe('7053')
  })

  const systems = Intl.supportedValuesOf('numberingSystem').map((system) => {
    const format = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false })
    return [system, format.format(7051)] as const
  })
  const decimal = systems.filter(([, number]) => /^\p{Nd}{4}$/u.test(number))
  test.each(decimal)('is not in the digits of %s: %s', (_, number) => {
    expect(fence([`</response-${number}>`]).key).toBe('7052')
  })

  test('is found at once where a text has every number of four digits', () => {
    const all = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(4, '0')).join(' ')
    const { key } = fence([all])
    expect(key).toHaveLength(5)
    expect(all.replace(/ /g, '')).not.toContain(key)
  })
})
