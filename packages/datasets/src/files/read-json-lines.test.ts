import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { type JsonLine, type JsonLinesOptions, readJsonLines } from './read-json-lines'

const directory = mkdtempSync(join(tmpdir(), 'prefkit-json-lines-'))
afterAll(() => rmSync(directory, { recursive: true }))

const path = join(directory, 'rows.jsonl')
const fileOf = (content: string | Uint8Array) => {
  writeFileSync(path, content)
  return path
}
/** Bytes as the chunks of a stream, cut in awkward places. */
const streamOf = (content: string | Uint8Array, size: number) => {
  const bytes = Buffer.from(content)
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    ),
  )
}
async function collect(source: string | AsyncIterable<Uint8Array>, options?: JsonLinesOptions) {
  const lines: JsonLine[] = []
  for await (const line of readJsonLines(source, options)) lines.push(line)
  return lines
}

/** The same bytes as a file and as streams of chunks of one byte and of many. */
const sources = [
  ['a file', fileOf],
  ['a stream of single bytes', (content: string | Uint8Array) => streamOf(content, 1)],
  ['a stream', (content: string | Uint8Array) => streamOf(content, 4096)],
] as const

describe.each(sources)('from %s', (_, open) => {
  const named = { name: path }

  test('ends lines at newlines alone, not at U+2028, U+2029 or U+0085 inside a string', async () => {
    const value = { text: 'one\u2028two\u2029three\u0085four' }
    const content = `${JSON.stringify(value)}\n${JSON.stringify(value)}\n`
    expect(content).toContain('\u2028')
    expect(await collect(open(content))).toEqual([
      { line: 1, value },
      { line: 2, value },
    ])
  })

  test('takes a byte order mark, CRLF, blank lines and a missing last newline', async () => {
    expect(await collect(open('\uFEFF{"a":1}\r\n\r\n  \n"b"\r\n[3]'))).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 4, value: 'b' },
      { line: 5, value: [3] },
    ])
  })

  test('unpacks gzip, told by its first bytes', async () => {
    expect(await collect(open(gzipSync('{"a":1}\n{"a":2}\n')))).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 2, value: { a: 2 } },
    ])
  })

  test.each([
    ['nothing', ''],
    ['gzip of nothing', gzipSync('')],
    ['blank lines', '\n \r\n'],
  ])('has no rows in %s', async (_, content) => {
    expect(await collect(open(content))).toEqual([])
  })

  const half = gzipSync(JSON.stringify(Array.from({ length: 999 }, Math.random))).subarray(0, 500)
  test.each([
    ['is no JSON', 'JSON_MALFORMED', '1\n{"a":\n', /rows\.jsonl:2: is no JSON: /, {}],
    [
      'is no UTF-8',
      'NOT_UTF8',
      Buffer.from([0x31, 0x0a, 0x22, 0xff, 0x22]),
      /rows\.jsonl:2: the line is not UTF-8/,
      {},
    ],
    ['is too long', 'LINE_TOO_LONG', '1\n"xxxxxxxx"\n', /rows\.jsonl:2: .* 10 bytes/, { maxLineBytes: 9 }],
    ['is cut off', 'GZIP_CORRUPT', half, /rows\.jsonl: the gzip stream ends early/, {}],
    ['is a damaged gzip', 'GZIP_CORRUPT', Buffer.from([0x1f, 0x8b, 0, 0]), /rows\.jsonl: .* damaged/, {}],
  ])('names what %s', async (_, code, content, message, options) => {
    await expect(collect(open(content), { ...named, ...options })).rejects.toMatchObject({
      name: 'DatasetError',
      code,
      message: expect.stringMatching(message),
    })
  })
})

test('names a file that is not there', async () => {
  await expect(collect(join(directory, 'none.jsonl'))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: `${join(directory, 'none.jsonl')}: there is no such file`,
  })
})

test('calls a stream without a name the input, and names one that fails', async () => {
  await expect(collect(streamOf('{', 1))).rejects.toThrow(/^input:1: is no JSON/)
  const broken = new Readable({
    read() {
      this.destroy(new Error('the cable is out'))
    },
  })
  await expect(collect(broken, { name: 'stdin' })).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: 'stdin: cannot be read (the cable is out)',
  })
})

test.each([
  ['plain', (text: string) => Buffer.from(text)],
  ['gzip', (text: string) => gzipSync(text)],
])('closes a %s stream that is left early', async (_, pack) => {
  writeFileSync(path, pack('1\n'.repeat(1e6)))
  const stream = createReadStream(path, { highWaterMark: 64 })
  for await (const { value } of readJsonLines(stream)) {
    expect(value).toBe(1)
    break
  }
  // Destruction passes through the pipeline, a turn of the event loop later.
  await vi.waitFor(() => expect(stream.destroyed).toBe(true))
})

test('rows that are passed through keep long integers digit for digit', async () => {
  const line = '{"id":12345678901234567890,"nested":[{"n":-9007199254740993}],"margin":0.5}'
  const source = (async function* () {
    yield new TextEncoder().encode(line)
  })()
  for await (const { value } of readJsonLines(source)) expect(JSON.stringify(value)).toBe(line)
})

test('lines that cannot be read go to onBadLine, in their place; other faults and its own are thrown', async () => {
  const bytes = Buffer.concat([
    Buffer.from('1\n{"a":\n"xxxxxxxxxx"\n'),
    Buffer.from([0xff]),
    Buffer.from('\n2'),
  ])
  const seen: unknown[] = []
  const onBadLine: JsonLinesOptions['onBadLine'] = ({ code, place }) => seen.push([code, place.line])
  for await (const { value } of readJsonLines(streamOf(bytes, 3), { onBadLine, maxLineBytes: 9 }))
    seen.push(value)
  expect(seen).toEqual([1, ['JSON_MALFORMED', 2], ['LINE_TOO_LONG', 3], ['NOT_UTF8', 4], 2])

  const cut = gzipSync('{"a":1}\n').subarray(0, 12)
  await expect(collect(streamOf(cut, 99), { onBadLine })).rejects.toMatchObject({ code: 'GZIP_CORRUPT' })
  const stop = () => {
    throw new Error('too many')
  }
  await expect(collect(streamOf('{', 1), { onBadLine: stop })).rejects.toThrow(/^too many$/)
  await expect(collect(streamOf('{', 1), { onBadLine: 'skip' as never })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: 'onBadLine: expected a function, is the text "skip"',
  })
})
