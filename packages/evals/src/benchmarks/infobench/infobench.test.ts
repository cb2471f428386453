import { expect, test } from 'vitest'
import { type ChecklistOutcome, infobench } from './infobench'

const row = (id: string, subset: string, labels: string[][], more: object = {}) => ({
  id,
  instruction: `Do ${id}.`,
  input: '',
  category: 'Poetry',
  subset,
  decomposed_questions: labels.map((_, i) => `Is requirement ${i} met?`),
  question_label: labels,
  output: `Response ${id}`,
  ...more,
})

const values = [
  row('a', 'Easy_set', [['Content'], ['Format'], ['Number', 'Format']]),
  row('b', 'Hard_set', [['Style']], { input: 'A text.', category: 'Law' }),
  row('c', 'Hard_set', [['Content'], ['Content']]),
]

const plan = () => infobench.tasks.checklists.plan(infobench.rows(values))

test('asks for the answers to each row’s questions, about its input where it has one', () => {
  expect(plan().items.map(({ prompt }) => prompt)).toEqual(['Do a.', 'A text.', 'Do c.'])
  expect(plan().items[1]).toEqual({
    id: 'b',
    prompt: 'A text.',
    response: 'Response b',
    questions: ['Is requirement 0 met?'],
  })
})

test('the ratio is of questions, not of rows: overall, by set, by kind of constraint, by domain', () => {
  const outcomes: ChecklistOutcome[] = [[true, false, true], [true], [false, null]]
  const report = plan().score(outcomes)
  expect(report.overall.value).toBe(3 / 6)
  expect(report.subsets.map(({ name, value, rows }) => [name, value, rows])).toEqual([
    ['Easy_set', 2 / 3, 1],
    ['Hard_set', 1 / 3, 2],
  ])
  expect(report.constraints.map(({ name, value }) => [name, value])).toEqual([
    ['Content', 1 / 3],
    ['Format', 1 / 2],
    ['Number', 1],
    ['Style', 1],
  ])
  expect(report.categories.map(({ name, value }) => [name, value])).toEqual([
    ['Poetry', 2 / 5],
    ['Law', 1],
  ])
  expect(report).toMatchObject({ allSatisfied: { value: 1 / 3 }, questions: 6, unanswered: 1 })
  expect(report.subsets[0]!.interval).toBe(null)
  expect(report.overall.interval).toMatchObject({ clusters: 3, confidence: 0.95 })
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('a row that the judge failed on counts as no, and is counted', () => {
  const report = plan().score([[true, true, true], null, [true, true]])
  expect(report.overall.value).toBe(5 / 6)
  expect(report).toMatchObject({ unanswered: 1, counts: { failed: 1, rows: 3 } })
})

test('rows are refused by number and field', () => {
  const read = (change: object) => () => infobench.rows([values[0], { ...values[1], ...change }])
  expect(read({ subset: 'Middle' })).toThrow('row 2: subset is the string "Middle"; expected one of')
  expect(read({ decomposed_questions: [] })).toThrow('row 2: decomposed_questions is a list; expected')
  expect(read({ question_label: [['Style'], ['Style']] })).toThrow(
    'row 2: question_label is not a list of 1 lists of strings',
  )
  expect(read({ instruction: null })).toThrow('row 2: instruction is missing')
  expect(() => infobench.rows([])).toThrow('rows is empty')
  const { output: _, ...prompt } = values[0]!
  expect(() => infobench.tasks.checklists.plan(infobench.rows([prompt]))).toThrow(
    'row 1: output is missing; expected the response to check',
  )
})

test('outcomes are refused by place', () => {
  expect(() => plan().score([null])).toThrow('outcomes has 1 values for 3 items')
  expect(() => plan().score([null, [true, true], null])).toThrow(
    'outcomes[1] is [true,true]; expected 1 answers, each true, false or null',
  )
})
