import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { fillTemplate } from './fill-template'
import { checkSlots, type Template, type TemplateWith, template } from './template'

describe('template', () => {
  test('knows its slots, each once, in order', () => {
    const made = template('{{a}} and {{ b }}, then {{a}}: {"not": {"a": "slot"}}')
    expect(made.slots).toEqual(['a', 'b'])
    expect([made.count('a'), made.count('b')]).toEqual([2, 1])
  })

  test('refuses what is not a slot, and says where', () => {
    expect(() => template('one\ntwo {{a')).toThrow(
      'text has a {{ at line 2, column 5 that is not closed; expected }} after the name of a slot',
    )
    expect(() => template('{{a {{b}}')).toThrow('line 1, column 1 that is not closed')
    expect(() => template('x {{#if a}}')).toThrow(
      'text has "{{#if a}}" at line 1, column 3; expected the name of',
    )
    expect(() => template('{{}}')).toThrow('expected the name of a slot')
    expect(() => template(7 as unknown as string)).toThrow('text is 7; expected a text with slots')
  })

  test('checks a text that the compiler does not know against the names given', () => {
    const text: string = 'Q: {{question}}'
    expectTypeOf(template(text, ['question'])).toEqualTypeOf<Template<'question'>>()
    expect(() => template(text, ['answer'])).toThrow(
      'text has the slot {{question}}; expected slots among answer',
    )
    expect(() => template(text, ['question', 'answer'])).toThrow('text lacks the slot {{answer}}')
  })
})

describe('types', () => {
  test('a text that is known has known slots', () => {
    expectTypeOf(template('{{question}}\n{{ answer }} }} {')).toEqualTypeOf<Template<'question' | 'answer'>>()
    expectTypeOf(template('none')).toEqualTypeOf<Template<never>>()
  })

  test('what asks for slots refuses a template with an unknown or a missing one', () => {
    type Asked = TemplateWith<'a' | 'b', 'c'>
    expectTypeOf(template('{{a}} {{b}}')).toExtend<Asked>()
    expectTypeOf(template('{{a}} {{b}} {{c}}')).toExtend<Asked>()
    expectTypeOf(template('{{a}} {{c}}')).not.toExtend<Asked>()
    expectTypeOf(template('{{a}} {{b}} {{d}}')).not.toExtend<Asked>()
    expectTypeOf(template('{{a}} {{b}}' as string)).not.toExtend<Asked>()
  })
})

describe('checkSlots', () => {
  test('names the slot, and what was expected', () => {
    const check = (text: string) => () => checkSlots('template', template(text), ['a', 'b'], ['c'])
    expect(check('{{a}}{{b}}')).not.toThrow()
    expect(check('{{c}}{{b}}{{a}}')).not.toThrow()
    expect(check('{{a}}{{b}}{{e}}')).toThrow('template has the slot {{e}}; expected slots among a, b, c')
    expect(check('{{a}}{{c}}')).toThrow('template lacks the slot {{b}}; expected each of a, b')
    const noTemplate = '{{a}}' as unknown as Template
    expect(() => checkSlots('template', noTemplate, [], [])).toThrow(
      'expected a template, made by template(…)',
    )
  })

  test('goes by the text, not by what an object says its slots are', () => {
    const forged = { ...template('{{a}} {{x}}'), slots: ['a'] }
    expect(() => checkSlots('template', forged, ['a'], [])).toThrow('{{x}}')
  })
})

describe('fillTemplate', () => {
  test('fills in one pass, whatever the values look like', () => {
    const values = fc.oneof(fc.string(), fc.constantFrom('{{a}}', '{{b}}', '$&', '$1', '{{', '}}', '\n'))
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(fillTemplate(template('<{{a}}|{{b}}|{{a}}>'), { a, b })).toBe(`<${a}|${b}|${a}>`)
      }),
    )
  })

  test('leaves out a line that holds nothing but a slot without a value', () => {
    const fill = (text: string) => fillTemplate({ text }, { a: '', b: 'B' })
    expect(fill('x\n\n{{a}}\n\ny')).toBe('x\n\ny')
    expect(fill('{{a}}\n\ny')).toBe('y')
    expect(fill('x\n\n{{a}}')).toBe('x')
    expect(fill('{{a}}')).toBe('')
    expect(fill('x {{a}}\n\ny')).toBe('x \n\ny')
    expect(fill('x\n{{a}} y')).toBe('x\n y')
    expect(fill('x\n{{b}}{{a}}\ny')).toBe('x\nB\ny')
    expect(fill('x\n\n{{a}}\n\n{{b}}\n\ny')).toBe('x\n\nB\n\ny')
  })

  test('keeps the ends of values', () => {
    expect(fillTemplate({ text: '{{b}}\n\n{{a}}' }, { a: '', b: 'B\n\n' })).toBe('B\n\n')
  })

  test('names a slot without a value', () => {
    const values = {} as { a: string }
    expect(() => fillTemplate(template('{{a}}'), values)).toThrow(
      'values lacks a; expected a text for the slot {{a}}',
    )
    const inherited = fillTemplate as (t: { text: string }, v: object) => string
    expect(() => inherited({ text: '{{toString}}' }, {})).toThrow('values lacks toString')
  })
})
