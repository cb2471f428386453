import { test } from 'vitest'
import { parseYesNo } from '../index'
import { expectParse, type ParseRow } from './expect-parse'

const rows: readonly ParseRow<boolean>[] = [
  ['yes', 'exact', true],
  ['Yes', 'exact', true],
  [' NO.\n', 'exact', false],
  ['No!', 'exact', false],
  ['<think>Yes? No.</think>yes', 'exact', true],
  ['**Yes**', 'recovered', true],
  ['"No"', 'recovered', false],
  ['Yes, because A is complete.', 'recovered', true],
  ['No, A is not better.', 'recovered', false],
  ['No. There are no errors in B, and yes I checked.', 'recovered', false],
  ['Yes, there is no error.', 'recovered', true],
  ['Yes - A is better', 'recovered', true],
  ['Yes\n\nA is better.', 'recovered', true],
  ['Answer: yes', 'recovered', true],
  ['The answer is **no**.', 'recovered', false],
  ['A is better than B, so my answer is yes.', 'recovered', true],
  ['I would say no.', 'recovered', false],
  ['Is A better than B, yes or no? Yes.', 'recovered', true],
  ['(yes/no): no', 'recovered', false],
  ['Final answer: No', 'recovered', false],
  ['Yes, at first. But no. Final answer: no', 'recovered', false],
  ['<answer>yes</answer>', 'recovered', true],
  ['Y', 'recovered', true],
  ['true', 'recovered', true],
  ['False.', 'recovered', false],
  ['Yes and no.', 'ambiguous', [true, false]],
  ['No, wait, yes.', 'ambiguous', [false, true]],
  ['Yes. No.', 'ambiguous', [true, false]],
  ['Answer: yes. Answer: no.', 'ambiguous', [true, false]],
  ['', 'missing', undefined, 'absent'],
  ['Not sure.', 'missing', undefined, 'absent'],
  ['There is no difference.', 'missing', undefined, 'absent'],
  ['Yesterday I would have known.', 'missing', undefined, 'absent'],
  ['Nobody knows.', 'missing', undefined, 'absent'],
  ['Is it yes or no?', 'missing', undefined, 'absent'],
  ['A is better.', 'missing', undefined, 'absent'],
  ['<think>Yes', 'missing', undefined, 'cut-off'],
]

test.each(rows.map((row) => [row[0], row] as const))('%j', (text, row) => {
  expectParse(parseYesNo(text), row)
})
