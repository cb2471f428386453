import { evaluateComparisons } from '@prefkit/evals'
import { expect, test } from 'vitest'
import { shellCommand } from '../shell-command'
import { describeEvaluation } from './describe-evaluation'
import { describeReading } from './describe-reading'
import { formatTable } from './format-table'

const report = { files: [], rows: 9, comparisons: 1, ties: 2, responses: 0, unpaired: 0, splitPrompts: 0 }

test('a reading tells what was left out, and how many faults are not shown', () => {
  const errors = [{ code: 'FIELD_MISSING' as const, message: 'a:1: field "x": is missing', place: {} }]
  expect(describeReading({ ...report, skipped: 6, errors })).toBe(
    '1 comparison; left out: 2 ties, 6 bad rows\n  a:1: field "x": is missing\n  … and 5 more',
  )
  expect(describeReading({ ...report, ties: 0, skipped: 0, errors: [] })).toBe('1 comparison')
})

test('an evaluation warns when length alone is as good, and lists the largest sources', () => {
  const size = 60
  const sources = Array.from({ length: size }, (_, i) => (i < 10 ? 'large' : `s${i % 30}`))
  const text = describeEvaluation(
    evaluateComparisons({
      chosenScores: Array.from({ length: size }, (_, i) => i % 2),
      rejectedScores: Array.from({ length: size }, () => 0.5),
      chosenLengths: Array.from({ length: size }, () => 2),
      rejectedLengths: Array.from({ length: size }, (_, i) => (i % 3 ? 3 : 1)),
      sources,
    }),
  )
  expect(text).toMatch(/^accuracy 50\.0 % \(95 %: 37\.7 – 62\.3 %\) on 60 comparisons\n/)
  expect(text).toContain('warning: picking by length alone is as good (66.7 %)')
  expect(text).toMatch(/\nsource +pairs +accuracy +95 %\nlarge +10 /)
  expect(text).toMatch(/… and 11 smaller ones, in --json$/)
})

test('tables align; commands can be copied into a shell', () => {
  expect(
    formatTable([
      ['a', 'b'],
      ['long', '1'],
    ]),
  ).toBe('a      b\nlong   1')
  expect(shellCommand(['reward', 'train', '--data', "it's here.jsonl"])).toBe(
    `prefkit reward train --data 'it'\\''s here.jsonl'`,
  )
})
