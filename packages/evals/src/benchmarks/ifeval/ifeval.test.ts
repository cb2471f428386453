import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildCheck, looseForms, verdictOf } from './check-instruction'
import { ifeval } from './ifeval'
import { splitSentences } from './punkt/split-sentences'
import { patternSource } from './text/python-pattern'

const row = (ids: string[], kwargs: object[], key = 7) => ({
  key,
  prompt: 'Say something.',
  instruction_id_list: ids,
  kwargs,
})

const follows = (id: string, kwargs: Record<string, unknown>, response: string) =>
  verdictOf(buildCheck({ id: 'id', kwargs: 'kwargs' }, id, kwargs), response, { detectLanguage: () => 'en' })
    .strict

test('reports prompts and instructions, strict and loose, by family and type', () => {
  const rows = ifeval.rows([
    row(['punctuation:no_comma', 'startend:quotation'], [{}, {}], 1),
    row(['punctuation:no_comma'], [{}], 2),
    row(['keywords:existence'], [{ keywords: ['sun'] }], 3),
  ])
  const plan = ifeval.tasks.responses.plan(rows, { seed: 3 })
  expect(plan.items[0]).toEqual({ id: '1', prompt: 'Say something.' })
  const report = plan.score(['Sure, here:\n"Quoted"', 'none', null])
  expect(report.promptLevel.strict.value).toBe(1 / 3)
  expect(report.promptLevel.loose.value).toBe(2 / 3)
  expect(report.instructionLevel.strict.value).toBe(1 / 4)
  expect(report.instructionLevel.loose.value).toBe(3 / 4)
  expect(report.overall).toEqual(report.promptLevel.strict)
  expect(report.families.map(({ name, rows, strict }) => [name, rows, strict.value])).toEqual([
    ['keywords', 1, 0],
    ['punctuation', 2, 1 / 2],
    ['startend', 1, 0],
  ])
  expect(report.subsets.map(({ name }) => name)).toEqual([
    'keywords:existence',
    'punctuation:no_comma',
    'startend:quotation',
  ])
  expect(report.counts).toMatchObject({ rows: 3, failed: 1 })
  expect(report.instructionLevel.strict.interval).toMatchObject({ clusters: 3, seed: 3 })
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('loose is never less than strict, and the response itself is the first of eight forms', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(looseForms(text)).toHaveLength(8)
      expect(looseForms(text)[0]).toBe(text)
      const { strict, loose } = verdictOf(
        buildCheck({ id: 'id', kwargs: 'kwargs' }, 'startend:quotation', {}),
        text,
        {
          detectLanguage: undefined,
        },
      )
      expect(Number(loose)).toBeGreaterThanOrEqual(Number(strict))
    }),
  )
})

test('sentences are pieces of the text, in order', () => {
  const unit = fc.constantFrom('a', 'B', ' ', '.', '!', '"', ')', 'Dr.', 'U.S.', '...', '3', '\n', 'The ')
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      let from = 0
      for (const sentence of splitSentences(text)) {
        from = text.indexOf(sentence, from)
        expect(from).toBeGreaterThanOrEqual(0)
        from += sentence.length
      }
    }),
  )
  expect(
    splitSentences('Dr. Smith met J. Bach at 3.15 p.m. on Monday. "It rained." (So it did!) Then?'),
  ).toEqual(['Dr. Smith met J. Bach at 3.15 p.m. on Monday.', '"It rained."', '(So it did!)', 'Then?'])
})

test('what the original gets wrong is as there', () => {
  // Keywords are found inside words, and a period in one is any character.
  expect(follows('keywords:existence', { keywords: ['art'] }, 'A party.')).toBe(true)
  expect(follows('keywords:existence', { keywords: ['a.c'] }, 'abc')).toBe(true)
  // A divider is a bullet.
  expect(follows('detectable_format:number_bullet_lists', { num_bullets: 2 }, '* one\n---')).toBe(true)
  // A postscript may be anywhere.
  expect(
    follows('detectable_content:postscript', { postscript_marker: 'P.S.' }, 'p.s. first, then more'),
  ).toBe(true)
  // Words in brackets on one line are placeholders, whatever they say.
  expect(follows('detectable_content:number_placeholders', { num_placeholders: 1 }, 'x[0]')).toBe(true)
  // Python's json has NaN.
  expect(follows('detectable_format:json_format', {}, '[NaN]')).toBe(true)
  // Combining marks part words: one word, counted as two.
  expect(follows('length_constraints:number_words', { num_words: 2, relation: 'at least' }, 'नमस्ते')).toBe(
    true,
  )
})

test('letters that are none are counted, where the original draws one at random', () => {
  const args = { letter: '#', let_frequency: 2, let_relation: 'at least' }
  expect(follows('keywords:letter_frequency', args, '# one\n# two')).toBe(true)
  expect(follows('keywords:letter_frequency', args, 'only #one')).toBe(false)
})

test('patterns mean what they mean in Python', () => {
  const matches = (pattern: string, text: string) => new RegExp(patternSource(pattern, true), 'iu').test(text)
  expect(matches('istanbul', 'İSTANBUL')).toBe(true)
  expect(matches('kelvin', '\u212aelvin')).toBe(true)
  expect(matches('\\bété\\b', 'un été chaud')).toBe(true)
  expect(matches('ét\\b', 'un été chaud')).toBe(false)
  expect(matches('a\\-b', 'a-b')).toBe(true)
  expect(matches('^b', 'a\nb')).toBe(false)
  expect(matches('a$', 'a\n')).toBe(true)
  expect(matches('a.b', 'a\rb')).toBe(true)
})

test('a language is asked for only where a check needs it', () => {
  const rows = ifeval.rows([
    row(['language:response_language'], [{ language: 'de' }]),
    row(['change_case:english_lowercase'], [{}]),
  ])
  const asked: string[] = []
  const detectLanguage = (text: string) => {
    asked.push(text)
    return text.startsWith('das') ? 'de' : undefined
  }
  const { verdicts } = ifeval.tasks.responses.plan(rows, { detectLanguage }).score(['das', 'Not lower.'])
  expect(verdicts).toEqual([[{ strict: true, loose: true }], [{ strict: false, loose: false }]])
  expect(new Set(asked)).toEqual(new Set(['das']))
  expect(() => ifeval.tasks.responses.plan(rows).score(['das', 'x'])).toThrow(
    'detectLanguage is undefined; expected a function',
  )
})

test('rows are refused by number, instruction and argument', () => {
  const read = (ids: string[], kwargs: object[]) => () => ifeval.rows([row(ids, kwargs)])
  expect(read(['keywords:existance'], [{}])).toThrow(
    'rows[0].instruction_id_list[0] is the string "keywords:existance"; expected one of change_case:',
  )
  expect(read(['toString'], [{}])).toThrow('rows[0].instruction_id_list[0] is the string "toString"')
  expect(read(['punctuation:no_comma'], [])).toThrow('row 1: kwargs is not a list of 1 objects')
  expect(read(['punctuation:no_comma'], [{ num_words: 3 }])).toThrow(
    'rows[0].kwargs[0].num_words is 3; expected no arguments for this instruction',
  )
  expect(read(['punctuation:no_comma'], [{ num_words: null }])).not.toThrow()
  const words = (args: object) => read(['length_constraints:number_words'], [args])
  expect(words({ num_words: -1, relation: 'at least' })).toThrow(
    'kwargs[0].num_words is -1; expected an integer',
  )
  expect(words({ num_words: 3, relation: 'at most' })).toThrow(
    'kwargs[0].relation is the string "at most"; expected "less than" or "at least"',
  )
  expect(words({ num_words: 3 })).toThrow('kwargs[0].relation is undefined')
  expect(read(['keywords:existence'], [{ keywords: [] }])).toThrow(
    'kwargs[0].keywords is []; expected an array',
  )
  expect(read(['keywords:existence'], [{ keywords: ['c++'] }])).toThrow(
    'kwargs[0].keywords is no regular expression',
  )
})

test('responses are refused by place, and options by name', () => {
  const plan = ifeval.tasks.responses.plan(ifeval.rows([row(['punctuation:no_comma'], [{}])]))
  expect(() => plan.score([])).toThrow('outcomes has 0 values for 1 items')
  expect(() => plan.score([3 as unknown as string])).toThrow('outcomes[0] is 3; expected a response, or null')
  const misspelt: object = { detectLanguages: () => 'en' }
  expect(() => ifeval.tasks.responses.plan([], misspelt)).toThrow('no option detectLanguages')
  expect(() => ifeval.tasks.responses.plan([])).toThrow('rows is empty')
})
