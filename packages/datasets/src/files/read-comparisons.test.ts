import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { DatasetError } from '../dataset-error'
import { loadComparisons, readComparisons } from './read-comparisons'

const directory = mkdtempSync(join(tmpdir(), 'prefkit-read-'))
afterAll(() => rmSync(directory, { recursive: true }))

let files = 0
const file = (content: string | Uint8Array, name = `f${files++}.jsonl`): string => {
  writeFileSync(join(directory, name), content)
  return join(directory, name)
}
const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
const line = (i: number) => `${JSON.stringify({ prompt: `p${i}`, chosen: 'a', rejected: 'b' })}\n`
const lines = (count: number): string => Array.from({ length: count }, (_, i) => line(i)).join('')
const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

test.each([
  ['hh.jsonl', 'hh', 4, 0],
  ['hh-continuation.jsonl', 'hh-continuation', 4, 0],
  ['llmbar.jsonl', 'pairwise', 3, 0],
  ['pandalm.jsonl', 'pairwise', 3, 1],
])('%s is read as %s', async (name, dialect, comparisons, ties) => {
  const { report } = await loadComparisons(fixture(name))
  expect(report).toMatchObject({ comparisons, ties, skipped: 0, files: [{ format: 'jsonl', dialect }] })
})

test('UKPConvArg1: texts by id; gold decides, then the votes', async () => {
  const texts = fixture('ukpconvarg1-arguments.jsonl')
  const { comparisons, report } = await loadComparisons(fixture('ukpconvarg1-pairs.jsonl'), { texts })
  expect(report).toMatchObject({ rows: 6, comparisons: 4, ties: 2, files: [{ dialect: 'pairwise-by-id' }] })
  expect(comparisons[0]).toMatchObject({
    id: 'arg219250_arg219242',
    prompt: 'Ban Plastic Water Bottles: No Bad For the Economy',
    chosen: 'it is true that bottled water is a waste, but bottles can be reused!',
    preference: 3.5 / 5,
    tags: { chosen_id: 'arg219250', rejected_id: 'arg219242', strict: 'true' },
  })
  expect(comparisons[0]!.votes![3]).toEqual({ verdict: 'rejected', annotator: '59' })
  await expect(loadComparisons(fixture('ukpconvarg1-pairs.jsonl'))).rejects.toThrowError(
    failure('INVALID_OPTION', /ukpconvarg1-pairs\.jsonl:1: rows name their responses by id/),
  )
  await expect(loadComparisons(fixture('hh.jsonl'), { texts: file('{"id":"x"}') })).rejects.toThrowError(
    failure('FIELD_MISSING', /:1: field "text": is missing/),
  )
  await expect(loadComparisons(fixture('hh.jsonl'), { texts: file('7') })).rejects.toThrowError(
    failure('ROW_TYPE', /:1: expected an object/),
  )
})

test('gzip is told by its bytes, whatever the name', async () => {
  const named = file(lines(3), 'plain.jsonl.gz')
  const unnamed = file(gzipSync(lines(3)), 'packed.jsonl')
  const two = file(Buffer.concat([gzipSync(lines(2)), gzipSync(line(2))]))
  const { comparisons, report } = await loadComparisons([named, unnamed, two])
  expect(report.files.map(({ format }) => format)).toEqual(['jsonl', 'jsonl.gz', 'jsonl.gz'])
  expect(comparisons.map(({ prompt }) => prompt).join('')).toBe('p0p1p2p0p1p2p0p1p2')
})

test('one row is enough, and a pass can be made again', async () => {
  const reader = readComparisons(file(line(0), 'one.jsonl'))
  for (let pass = 0; pass < 2; pass++) {
    const seen: unknown[] = []
    for await (const comparison of reader) seen.push(comparison)
    expect(seen).toEqual([{ id: 'one.jsonl:1', prompt: 'p0', chosen: 'a', rejected: 'b' }])
    expect(reader.report).toMatchObject({ rows: 1, comparisons: 1 })
  }
})

test('a stream may be left early', async () => {
  for await (const comparison of readComparisons(file(lines(5000)))) {
    expect(comparison.prompt).toBe('p0')
    break
  }
})

test('no bytes, no rows, no file, a directory, no paths', async () => {
  await expect(loadComparisons(file(''))).rejects.toThrowError(failure('FILE_EMPTY', /has no bytes/))
  await expect(loadComparisons(file('\n \r\n'))).rejects.toThrowError(failure('FILE_EMPTY', /has no rows/))
  await expect(loadComparisons(file(gzipSync('')))).rejects.toThrowError(failure('FILE_EMPTY', /has no rows/))
  const nowhere = join(directory, 'nowhere.jsonl')
  await expect(loadComparisons(nowhere)).rejects.toThrowError(
    failure('FILE_UNREADABLE', /nowhere\.jsonl: there is no such file/),
  )
  await expect(loadComparisons(directory)).rejects.toThrowError(failure('FILE_UNREADABLE', /is a directory/))
  expect(() => readComparisons([])).toThrowError(failure('INVALID_OPTION', /paths: expected at least one/))
})

test('a cut gzip stream gives its rows, then a named error, even when bad rows are skipped', async () => {
  const whole = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => line(i * 7919)).join('')))
  const reader = readComparisons(file(whole.subarray(0, whole.length - 2000)), { skipBad: true })
  let seen = 0
  const read = async () => {
    for await (const _ of reader) seen++
  }
  await expect(read()).rejects.toThrowError(failure('GZIP_CORRUPT', /ends early: the file is cut off/))
  expect(seen).toBeGreaterThan(100)
  const damaged = Uint8Array.from(whole)
  damaged[whole.length - 6]! ^= 0xff
  await expect(loadComparisons(file(damaged))).rejects.toThrowError(failure('GZIP_CORRUPT', /is damaged/))
})

test('a malformed line, a missing field, a wrong type: file, line and field', async () => {
  await expect(loadComparisons(file(`${line(0)}{"prompt":\n`))).rejects.toThrowError(
    failure('JSON_MALFORMED', /\.jsonl:2: is no JSON/),
  )
  await expect(loadComparisons(file(`${line(0)}{"prompt":"p","chosen":"a"}`))).rejects.toThrowError(
    failure('FIELD_MISSING', /\.jsonl:2: field "rejected": is missing/),
  )
  await expect(
    loadComparisons(file(`${line(0)}{"prompt":"p","chosen":"a","rejected":7}`)),
  ).rejects.toThrowError(failure('FIELD_TYPE', /\.jsonl:2: field "rejected": expected string, is number 7/))
  const chat = {
    prompt: [],
    chosen: [{ role: 'assistant', content: 'x' }],
    rejected: [{ role: 'assistant' }],
  }
  await expect(loadComparisons(file(JSON.stringify(chat)))).rejects.toThrowError(
    failure('FIELD_MISSING', /:1: field "rejected\[0\]\.content": is missing/),
  )
})

test('the first line may be the bad one, and an all-bad file says so', async () => {
  const { report } = await loadComparisons(file(`{"x"\n${line(0)}`), { skipBad: true })
  expect(report).toMatchObject({ rows: 2, comparisons: 1, skipped: 1, errors: [{ code: 'JSON_MALFORMED' }] })
  await expect(loadComparisons(file('{"x"\n{"y"\n'), { skipBad: true })).rejects.toThrowError(
    failure('JSON_MALFORMED', /:1: is no JSON/),
  )
})

test('skipped rows are counted, and the first few reported', async () => {
  const bad = '{"prompt":"p","chosen":"a"}\n'
  const { comparisons, report } = await loadComparisons(file(lines(2) + bad.repeat(9) + line(2)), {
    skipBad: true,
  })
  expect(comparisons).toHaveLength(3)
  expect(report).toMatchObject({ rows: 12, comparisons: 3, skipped: 9 })
  expect(report.errors).toHaveLength(5)
  expect(report.errors[0]).toMatchObject({ code: 'FIELD_MISSING', place: { line: 3, field: 'rejected' } })
})

test('an overlong line is named, or skipped', async () => {
  const long = JSON.stringify({ prompt: 'p'.repeat(500), chosen: 'a', rejected: 'b' })
  const path = file(`${line(0)}${long}\n${line(1)}`)
  await expect(loadComparisons(path, { maxLineBytes: 200 })).rejects.toThrowError(
    failure(
      'LINE_TOO_LONG',
      new RegExp(`:2: the line has ${long.length} bytes, more than maxLineBytes = 200`),
    ),
  )
  const { report } = await loadComparisons(path, { maxLineBytes: 200, skipBad: true })
  expect(report).toMatchObject({ comparisons: 2, skipped: 1 })
})

test('what is no preference data is refused with its fields', async () => {
  await expect(loadComparisons(fixture('ukpconvarg1-arguments.jsonl'))).rejects.toThrowError(
    failure('DIALECT_UNKNOWN', /the fields are id, topic, debate, stance, text, rank_score/),
  )
})

test('the error is known across copies of the package', async () => {
  const error: unknown = await loadComparisons(file('')).catch((caught: unknown) => caught)
  expect(DatasetError.isInstance(error)).toBe(true)
  expect(
    DatasetError.isInstance(Object.assign(new Error('x'), { [Symbol.for('prefkit.datasets.error')]: true })),
  ).toBe(true)
  expect(DatasetError.isInstance(new Error('x'))).toBe(false)
})

test('ids past 2^53 are different ids', async () => {
  const ids = ['12345678901234567890', '12345678901234567891']
  const rows = ids.map((id) => `{"id":${id},"prompt":"p","chosen":"a","rejected":"b"}\n`).join('')
  const { comparisons } = await loadComparisons(file(rows))
  expect(comparisons.map(({ id }) => id)).toEqual(ids)
})
