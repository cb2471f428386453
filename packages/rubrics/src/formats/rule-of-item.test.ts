import { expect, test } from 'vitest'
import { template } from '../templates/template'
import { checklistFormat } from './checklist-format'
import { listwiseFormat } from './listwise-format'
import { pairwiseLabelFormat } from './pairwise-label-format'
import { pointwiseFormat } from './pointwise-format'
import { ratingFormat } from './rating-format'

const rule = 'The shorter one is better.'
const list = { prompt: 'What is 2 + 2?', responses: ['Four.', 'It is four.'], rule }
const pair = { prompt: 'What is 2 + 2?', a: 'Four.', b: 'It is four.', rule }
const refused = expect.objectContaining({ code: 'INVALID_ITEM', parameter: 'rule' })

test('the rule of an item takes the place of the format’s', () => {
  const formats = [{ rule: 'The longer one is better.' }, {}]
  for (const options of formats) {
    const shown = [listwiseFormat(options).render(list), pairwiseLabelFormat(options).render(pair)]
    for (const [message] of shown) {
      expect(message!.content).toContain(`Rule: ${rule}\n`)
      expect(message!.content).not.toContain('The longer one')
    }
  }
})

test('a template without a place for a rule refuses one', () => {
  const format = listwiseFormat({ template: template('{{prompt}}\n{{responses}}') })
  expect(() => format.render(list)).toThrow(refused)
  expect(() => listwiseFormat().render({ ...list, rule: 1 as unknown as string })).toThrow(/rule is 1/)
})

test('formats for one response refuse a rule: they have rubrics of their own', () => {
  const item = { prompt: 'What is 2 + 2?', response: 'Four.', rule }
  expect(() => ratingFormat().render(item)).toThrow(refused)
  expect(() => pointwiseFormat().render(item)).toThrow(refused)
  expect(() => checklistFormat().render({ ...item, questions: ['Is it short?'] })).toThrow(refused)
})
