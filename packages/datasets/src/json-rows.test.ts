import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonRows, type LineOptions } from './json-rows'
import type { LocatedRow } from './located-row'

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function rowsOf(content: string | Uint8Array, size = 7, options?: LineOptions): Promise<LocatedRow[]> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const rows: LocatedRow[] = []
  for await (const row of jsonRows(inPieces(bytes, size), 'f', options)) rows.push(row)
  return rows
}

const summary = (rows: readonly LocatedRow[]) =>
  rows.map((row) => [row.place.line, 'error' in row ? row.error.code : row.value])

test('a byte order mark, CRLF, blank lines and a missing last newline', async () => {
  expect(summary(await rowsOf('\uFEFF{"a":1}\r\n\r\n  \n{"a":2}'))).toEqual([
    [1, { a: 1 }],
    [4, { a: 2 }],
  ])
  expect(await rowsOf('')).toEqual([])
})

test('a malformed line has an error with its line, and reading goes on', async () => {
  const rows = await rowsOf('{"a":1}\n{"a":\n{"a":3}\n')
  expect(summary(rows)).toEqual([
    [1, { a: 1 }],
    [2, 'JSON_MALFORMED'],
    [3, { a: 3 }],
  ])
  expect(rows[1]).toMatchObject({ error: { message: expect.stringMatching(/^f:2: is no JSON: /) } })
})

test('NaN and a list over many lines are malformed, with a hint', async () => {
  const [nan] = await rowsOf('{"margin": NaN}')
  expect(nan).toMatchObject({
    error: { message: expect.stringMatching(/NaN and Infinity are no JSON: write null$/) },
  })
  const [list] = await rowsOf('[\n{"a":1}]')
  expect(list).toMatchObject({ error: { message: expect.stringMatching(/One object a line is expected/) } })
})

test('a line at the limit is read, a longer one is named, and the next is read', async () => {
  const line = '{"a":"xxxxxxxxxxxx"}'
  expect(summary(await rowsOf(`${line}\n${line} \n{}`, 5, { maxLineBytes: line.length }))).toEqual([
    [1, { a: 'xxxxxxxxxxxx' }],
    [2, 'LINE_TOO_LONG'],
    [3, {}],
  ])
  const [row] = await rowsOf('x'.repeat(1000), 5, { maxLineBytes: 10 })
  expect(row).toMatchObject({
    error: { message: 'f:1: the line has 1000 bytes, more than maxLineBytes = 10' },
  })
  await expect(rowsOf('{}', 5, { maxLineBytes: 0 })).rejects.toThrow(/maxLineBytes: expected/)
})

test('bytes that are not UTF-8 are named', async () => {
  const rows = await rowsOf(Uint8Array.from([0x22, 0xff, 0x22, 0x0a, 0x7b, 0x7d]))
  expect(summary(rows)).toEqual([
    [1, 'NOT_UTF8'],
    [2, {}],
  ])
})

test('any values survive any cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 40 }), async (values, size) => {
      const rows = await rowsOf(values.map((value) => `${JSON.stringify(value)}\n`).join(''), size)
      expect(rows.map((row) => ('value' in row ? JSON.stringify(row.value) : row.error.message))).toEqual(
        values.map((value) => JSON.stringify(value)),
      )
    }),
  )
})

test('integers that a number would change are kept, by default as bigints; all others are numbers', async () => {
  const line = '{"id":12345678901234567890,"n":[1,-0,1e400,0.5,9007199254740992,62711772576450170]}'
  expect(summary(await rowsOf(`${line}\n-9007199254740993\n"a: 1234567890123456789"`))).toEqual([
    [
      1,
      {
        id: 12345678901234567890n,
        n: [1, -0, Number.POSITIVE_INFINITY, 0.5, 9007199254740992, 62711772576450170],
      },
    ],
    [2, -9007199254740993n],
    [3, 'a: 1234567890123456789'],
  ])
})
