import { expect, it, test } from 'vitest'
import { parseChecklist } from '../index'
import { expectParse, type ParseRow } from './expect-parse'

const rows: readonly ParseRow<string>[] = [
  ['1. yes\n2. no\n3. yes', 'exact', 'yny'],
  ['1. Yes\n2. No\n3. Yes\n', 'exact', 'yny'],
  ['1: YES\n\n2: NO\n\n3: YES', 'exact', 'yny'],
  ['2. no\n1. yes\n3. yes', 'exact', 'yny'],
  ['<think>1. no</think>\n1. yes\n2. no\n3. yes', 'exact', 'yny'],
  ['Here:\n1. yes\n2. no\n3. yes', 'recovered', 'yny', 'text beside'],
  ['1. Yes, it does.\n2. No, for it is short.\n3. Yes.', 'recovered', 'yny'],
  ['1) **Yes**\n2) **No**\n3) **Yes**', 'recovered', 'yny'],
  ['Q1: Yes\nQ2: No\nQ3: Yes', 'recovered', 'yny'],
  ['- **Question 1:** yes\n- **Question 2:** no\n- **Question 3:** yes', 'recovered', 'yny'],
  ['1. Is it short? Yes\n2. Is it in verse? No.\n3. Does it rhyme? **Yes**', 'recovered', 'yny'],
  ['yes\nno\nyes', 'recovered', 'yny', 'not numbered'],
  ['- Yes: short\n- No: prose\n- Yes', 'recovered', 'yny', 'not numbered'],
  ['[true, false, true]', 'recovered', 'yny', 'JSON'],
  ['["yes", "no", "yes"]', 'recovered', 'yny', 'JSON'],
  ['{"1": "yes", "2": "no", "3": "yes"}', 'recovered', 'yny', 'JSON'],
  ['```json\n{"q1": true, "q2": false, "q3": true}\n```', 'recovered', 'yny', 'JSON'],
  ['1. yes\n2. no\n3. yes\n4. no', 'recovered', 'yny', 'not asked'],
  ['1. yes\n2. no\n3. yes\n1. yes', 'recovered', 'yny', 'repeated'],
  ['1. yes\n2. no\n3. yes\n2. yes', 'ambiguous', ['yny', 'yyy'], 'question 2'],
  ['1. yes\n3. yes', 'missing', undefined, 'invalid: no answer to question 2 of 3'],
  ['1. yes\n2. no', 'missing', undefined, 'cut-off: no answer to question 3'],
  ['1. yes\n2. partly\n3. yes', 'missing', undefined, 'question 2'],
  ['1. yes and no\n2. no\n3. no', 'ambiguous', ['ynn', 'nnn'], 'question 1'],
  ['1. Partially yes\n2. no\n3. no', 'missing', undefined, 'question 1'],
  ['1. Yes, partly\n2. no\n3. no', 'missing', undefined, 'question 1'],
  ['1. yes/no\n2. no\n3. yes', 'missing', undefined, 'question 1'],
  ['1. No errors: yes\n2. no\n3. yes', 'recovered', 'yny'],
  ['1. no one is named: yes\n2. no\n3. yes', 'recovered', 'yny'],
  ['1. yes\n2. No, it does not say yes\n3. yes', 'recovered', 'yny'],
  ['1. yes\n2. not yes\n3. yes', 'missing', undefined, 'invalid: no answer to question 2'],
  ['1. yes\n2. no\n3. Not yes', 'missing', undefined, 'invalid: no answer to question 3'],
  ['1. yes\n2. Yes, or rather no\n3. yes', 'missing', undefined, 'question 2'],
  ['1. yes\n2. no\n4. no', 'missing', undefined, 'invalid: no answer to question 3'],
  ['yes\nno', 'missing', undefined, 'absent'],
  ['[true, false]', 'missing', undefined, 'absent'],
  ['Yes to all of them.', 'missing', undefined, 'absent'],
  ['', 'missing', undefined, 'absent'],
  ['<think>1. yes', 'missing', undefined, 'cut-off'],
]

const spelt = ({ satisfied }: { satisfied: readonly boolean[] }) =>
  satisfied.map((yes) => (yes ? 'y' : 'n')).join('')

test.each(rows.map((row) => [row[0], row] as const))('%j', (text, row) => {
  const parsed = parseChecklist(text, { count: 3 })
  const named =
    parsed.status === 'missing'
      ? parsed
      : parsed.status === 'ambiguous'
        ? { ...parsed, candidates: parsed.candidates.map(spelt) }
        : { ...parsed, value: spelt(parsed.value) }
  expectParse(named, row)
})

it('takes nothing from the last line of a text that was cut off', () => {
  const parse = (text: string) => parseChecklist(text, { count: 2, cutOff: true })
  expect(parse('1. yes\n2. no')).toMatchObject({ status: 'missing', cause: 'cut-off' })
  expect(parse('1. yes\n2. no\n')).toMatchObject({ status: 'exact' })
})

it('takes a single answer for a single question', () => {
  expect(parseChecklist('Yes', { count: 1 })).toMatchObject({
    status: 'recovered',
    value: { satisfied: [true] },
  })
})

it('refuses counts of no questions', () => {
  for (const count of [0, 1.5, Number.NaN, 1001]) {
    expect(() => parseChecklist('', { count })).toThrow(expect.objectContaining({ code: 'OUT_OF_RANGE' }))
  }
})
