import { expect, test } from 'vitest'
import { parseRows } from '../parse-rows'
import type { Row } from './dialect'
import { pairwise } from './pairwise'
import { majority, readWinner } from './verdicts'

const parse = (row: Row) => pairwise.parse(row, { fallbackId: 'x' })
const pair = { question: 'q', response_A: 'a', response_B: 'b' }

test.each([
  ['A>B', 'a'],
  ['B>A', 'b'],
  [1, 'a'],
  ['2', 'b'],
  ['model_b', 'b'],
  [' Tie ', 'tie'],
  [0, 'tie'],
])('label %j is won by %s', (label, winner) => {
  expect(readWinner(label, 'label')).toBe(winner)
})

test('a label that names no response is refused with the field', () => {
  expect(() => parse({ ...pair, label: 'C>D' })).toThrowError(
    /field "label": expected 1, 2 or 0.*is the text "C>D"/,
  )
  expect(() => parse({ ...pair, label: [1] })).toThrowError(
    /field "label": expected a label as text or a number/,
  )
  expect(() => parse({ ...pair, votes: [1, 7] })).toThrowError(/field "votes\[1\]"/)
  expect(() => parse({ ...pair, votes: 'A' })).toThrowError(/field "votes": expected a list/)
  expect(() => parse({ ...pair, label: null })).toThrowError(/field "votes": is missing or empty/)
})

test('votes: most win; a draw, or more ties than either, is a tie', () => {
  const votes = (text: string) => [...text].map((word) => ({ winner: readWinner(word, 'votes') }))
  expect(majority(votes('112'))).toBe('a')
  expect(majority(votes('10'))).toBe('a')
  expect(majority(votes('12'))).toBe('tie')
  expect(majority(votes('100'))).toBe('tie')
  expect(parse({ ...pair, votes: [0, 0, 1] })).toEqual({ ties: 1 })
})

test('a label decides over votes, which still give the preference', () => {
  const { comparisons } = parse({ ...pair, label: 'B', votes: [{ worker: 'w1', vote: 1 }, { vote: 2 }] })
  expect(comparisons![0]).toMatchObject({
    chosen: 'b',
    preference: 0.5,
    votes: [{ verdict: 'rejected', annotator: 'w1' }, { verdict: 'chosen' }],
  })
})

test("HelpSteer's strength is signed, and its size the margin", () => {
  const row = { prompt: 'q', response_1: 'a', response_2: 'b' }
  expect(parse({ ...row, preference_strength: -2 }).comparisons![0]).toMatchObject({ chosen: 'a', margin: 2 })
  expect(parse({ ...row, preference_strength: 1 }).comparisons![0]).toMatchObject({ chosen: 'b', margin: 1 })
  expect(parse({ ...row, preference_strength: 0 })).toEqual({ ties: 1 })
})

test('an input follows its instruction, and arena conversations share their prompt', () => {
  const row = { instruction: 'Sum up.', input: 'Text', output_1: 'a', output_2: 'b', label: 1 }
  expect(parse(row).comparisons![0]).toMatchObject({ prompt: 'Sum up.\n\nText' })
  const say = (content: string) => [
    { role: 'user', content: 'q' },
    { role: 'assistant', content },
  ]
  const arena = { conversation_a: say('a'), conversation_b: say('b'), winner: 'model_b' }
  expect(parse(arena).comparisons![0]).toMatchObject({
    prompt: [{ role: 'user', content: 'q' }],
    chosen: 'b',
    rejected: 'a',
  })
})

test('a label or vote that is a long integer is a fault of its row', async () => {
  const long = 12345678901234567890n
  const rows = [
    { prompt: 'p', response_a: 'x', response_b: 'y', label: 'A' },
    { prompt: 'p', response_a: 'x', response_b: 'y', label: long },
    { prompt: 'p', response_a: 'x', response_b: 'y', votes: [long] },
  ]
  const { report } = await parseRows(rows, { skipBad: true })
  expect(report).toMatchObject({ comparisons: 1, skipped: 2 })
  const why = 'expected a label as text or a number, is bigint 12345678901234567890'
  expect(report.errors.map(({ message }) => message)).toEqual([
    `rows row 2: field "label": ${why}`,
    `rows row 3: field "votes[0]": ${why}`,
  ])
})
