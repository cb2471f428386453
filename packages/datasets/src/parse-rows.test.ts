import { expect, test } from 'vitest'
import { parseRows } from './parse-rows'

const trl = { prompt: 'p', chosen: 'a', rejected: 'b' }
const kto = (prompt: string, label: boolean) => ({ prompt, completion: `${label}`, label })

test('rows in memory: ids are made of name and row', async () => {
  const { comparisons, report } = await parseRows([trl, trl], { name: 'mine' })
  expect(comparisons.map(({ id }) => id)).toEqual(['mine:1', 'mine:2'])
  expect(report).toMatchObject({ rows: 2, comparisons: 2, skipped: 0 })
  expect(report.files).toEqual([
    { file: 'mine', format: 'rows', dialect: 'trl', why: 'prompt, chosen and rejected are text', rows: 2 },
  ])
})

test('a bad row names row and field, or is counted and reported', async () => {
  const rows = [trl, { ...trl, margin: Number.NaN }, 'text', [1], null, { ...trl, chosen: undefined }, trl]
  await expect(parseRows(rows)).rejects.toThrow(
    'rows row 2: field "margin": expected a finite number, is NaN',
  )
  const { report } = await parseRows(rows, { skipBad: true, maxErrors: 4 })
  expect(report).toMatchObject({ rows: 7, comparisons: 2, skipped: 5 })
  expect(report.errors.map(({ code, place }) => [code, place.row, place.field])).toEqual([
    ['FIELD_VALUE', 2, 'margin'],
    ['ROW_TYPE', 3, undefined],
    ['ROW_TYPE', 4, undefined],
    ['ROW_TYPE', 5, undefined],
  ])
})

test('every row is accounted for: responses in pairs, ties or unpaired', async () => {
  const rows = [kto('p', true), kto('q', true), kto('p', false), kto('r', false)]
  const { comparisons, report } = await parseRows(rows)
  expect(comparisons).toEqual([{ id: 'rows:1>rows:3', prompt: 'p', chosen: 'true', rejected: 'false' }])
  expect(report).toMatchObject({
    rows: 4,
    responses: 4,
    comparisons: 1,
    unpaired: 2,
    ties: 0,
    splitPrompts: 0,
  })
  const bounded = await parseRows(rows, { maxHeldResponses: 1 })
  expect(bounded.report).toMatchObject({ comparisons: 0, unpaired: 4, splitPrompts: 1 })
})

test('another field may rate', async () => {
  const rows = [1, 2].map((n) => ({ prompt: 'p', response: `r${n}`, helpfulness: n, verbosity: -n }))
  const chosen = async (ratingField?: string) =>
    (await parseRows(rows, { ratingField })).comparisons[0]!.chosen
  expect(await chosen()).toBe('r2')
  expect(await chosen('verbosity')).toBe('r1')
  await expect(chosen('honesty')).rejects.toThrow('rows row 1: field "honesty": is missing')
})

test('no rows, a forced dialect, and bad options', async () => {
  await expect(parseRows([])).rejects.toThrow('rows: has no rows')
  await expect(parseRows([trl], { dialect: 'kto' })).rejects.toThrow(
    'rows row 1: field "completion": is missing',
  )
  await expect(parseRows([trl], { dialect: 'nope' as 'trl' })).rejects.toThrow(
    /dialect: expected one of rm-bench/,
  )
  await expect(parseRows([trl], { maxErrors: -1 })).rejects.toThrow(/maxErrors: .* is -1/)
  await expect(parseRows([trl], { maxHeldResponses: 0.5 })).rejects.toThrow(/maxHeldResponses: .* is 0.5/)
})

test('rows that name texts by id need the texts, even when bad rows are skipped', async () => {
  const row = { a1: 'x', a2: 'y', votes: ['A'] }
  await expect(parseRows([row], { skipBad: true })).rejects.toThrow(/rows row 1: .*the option texts names/)
  const texts = new Map([['x', { text: 'X', prompt: 'p', tags: {} }]])
  await expect(parseRows([row], { texts })).rejects.toThrow('rows row 1: field "a2": no text has the id "y"')
})

test('a prompt of messages may have responses of text', async () => {
  const prompt = [{ role: 'user', content: '2+2?' }]
  const rows = [
    { prompt, chosen: '4', rejected: '5' },
    { prompt, chosen: [{ role: 'assistant', content: '4' }], rejected: '5' },
  ]
  const { comparisons, report } = await parseRows(rows)
  expect(report.files[0]?.dialect).toBe('trl-conversational')
  for (const comparison of comparisons)
    expect(comparison).toMatchObject({ prompt, chosen: '4', rejected: '5' })
  expect(comparisons.length).toBe(2)
  await expect(
    parseRows([{ prompt, chosen: 4, rejected: '5' }], { dialect: 'trl-conversational' }),
  ).rejects.toThrow(/field "chosen": expected text or a list of \{role, content\} messages, is number 4/)
})

const judged = (label: unknown) => ({ prompt: 'p', response_a: 'first', response_b: 'second', label })

test.each([
  ['labels of 0 and 1', Array.from({ length: 40 }, (_, i) => judged(i % 2)), 'label'],
  ['labels of 1 alone', [judged(1), judged('1')], 'label'],
  ['votes of 0 and 1', [{ ...judged(undefined), votes: [[7, 0], { vote: 1 }] }], 'votes'],
  ['labels of 0 and 1 beside a B', [judged(0), judged(1), judged('B')], 'label'],
  ['labels of 0 and 1 beside a tie', [judged(0), judged(1), judged('tie')], 'label'],
  ['labels of 0 and 1 beside junk', [judged('?'), judged(0), judged(1), judged([2])], 'label'],
  [
    'votes of 1 beside one without a label',
    [{ ...judged(undefined), votes: [1, { annotator: 7 }] }],
    'votes',
  ],
])(
  '%s are refused until it is said what they mean, even when bad rows are skipped',
  async (_, rows, field) => {
    const error = expect.objectContaining({
      code: 'LABELS_AMBIGUOUS',
      message: expect.stringMatching(
        new RegExp(
          `^rows: field "${field}" is 0 or 1 .*"tie-first-second" .*"first-second" .*"second-first"`,
        ),
      ),
    })
    await expect(parseRows(rows, { skipBad: true })).rejects.toThrowError(error)
    await expect(parseRows(rows, { dialect: 'pairwise' })).rejects.toThrowError(error)
  },
)

test.each([
  ['tie-first-second', ['first'], 1],
  ['first-second', ['first', 'second'], 0],
  ['second-first', ['second', 'first'], 0],
] as const)('labels of 0 and 1 read as %s', async (labels, chosen, ties) => {
  const { comparisons, report } = await parseRows([judged(0), judged(1)], { labels })
  expect(comparisons.map((comparison) => comparison.chosen)).toEqual(chosen)
  expect(report.ties).toBe(ties)
})

test('one label of 2 tells what 0 and 1 mean, and no 2 is read where there is none', async () => {
  for (const label of [2, '2']) {
    const { comparisons, report } = await parseRows([judged(0), judged(1), judged(label)])
    expect(comparisons.map(({ chosen }) => chosen)).toEqual(['first', 'second'])
    expect(report.ties).toBe(1)
  }
  await expect(parseRows([judged(0), judged(2)], { labels: 'first-second' })).rejects.toThrow(
    'rows row 2: field "label": expected 0 or 1 (labels: first-second), A, B or tie',
  )
  await expect(parseRows([judged(0)], { labels: '0/1' as 'first-second' })).rejects.toThrow(
    'labels: expected one of tie-first-second, first-second, second-first; is "0/1"',
  )
})
