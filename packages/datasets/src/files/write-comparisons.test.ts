import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Comparison } from '../comparison'
import { compact } from '../dialects/row-facts'
import { promptText, responseText } from '../prompt-text'
import { convertComparisons } from './convert-comparisons'
import { loadComparisons, readComparisons } from './read-comparisons'
import { writeComparisons } from './write-comparisons'

const directory = mkdtempSync(join(tmpdir(), 'prefkit-write-'))
afterAll(() => rmSync(directory, { recursive: true }))
const path = (name: string) => join(directory, name)

const plain: Comparison = { id: '1', prompt: 'p', chosen: 'a', rejected: 'b', source: 's', margin: 0.5 }
const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const facts = {
  id: fc.string({ minLength: 1, maxLength: 5 }),
  source: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  annotator: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  margin: fc.option(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    { nil: undefined },
  ),
}
const textPairs = fc.record({ ...facts, prompt: text, chosen: text, rejected: text }).map(compact)
const user = text.map((content) => ({ role: 'user', content }))
const assistant = text.map((content) => ({ role: 'assistant', content }))
const chatPrompt = fc
  .tuple(user, fc.array(fc.tuple(assistant, user), { maxLength: 2 }))
  .map(([first, rest]) => [first, ...rest.flat()])
const chatPairs = fc.record({ ...facts, prompt: chatPrompt, chosen: text, rejected: text }).map(compact)

async function trip(
  comparisons: readonly Comparison[],
  dialect: 'trl' | 'trl-conversational' | 'hh' | 'openai-dpo',
) {
  const file = path(`${dialect}.jsonl.gz`)
  const { written } = await writeComparisons(file, comparisons, { dialect })
  expect(written).toBe(comparisons.length)
  const read = await loadComparisons(file)
  expect(read.report.files[0]!.dialect).toBe(dialect)
  return read.comparisons
}

const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 5 })
const runs = { numRuns: 60 }

test('trl: text comes back the same', async () => {
  await fc.assert(
    fc.asyncProperty(some(textPairs), async (pairs) => {
      expect(await trip(pairs, 'trl')).toEqual(pairs)
    }),
    runs,
  )
})

test('trl: conversations come back as their text', async () => {
  await fc.assert(
    fc.asyncProperty(some(chatPairs), async (pairs) => {
      const rendered = pairs.map((pair) => ({
        ...pair,
        prompt: promptText(pair),
        chosen: responseText(pair.chosen),
      }))
      expect(await trip(pairs, 'trl')).toEqual(rendered)
    }),
    runs,
  )
})

test.each(['trl-conversational', 'hh'] as const)('%s: conversations come back the same', async (dialect) => {
  await fc.assert(
    fc.asyncProperty(some(chatPairs), async (pairs) => {
      expect(await trip(pairs, dialect)).toEqual(pairs)
    }),
    runs,
  )
})

test('openai-dpo: the texts come back the same, the rest is counted as dropped', async () => {
  await fc.assert(
    fc.asyncProperty(some(chatPairs), async (pairs) => {
      const texts = ({ prompt, chosen, rejected }: Comparison) => ({ prompt, chosen, rejected })
      expect((await trip(pairs, 'openai-dpo')).map(texts)).toEqual(pairs.map(texts))
    }),
    runs,
  )
  const { dropped } = await writeComparisons(path('d.jsonl'), [plain], { dialect: 'openai-dpo' })
  expect(dropped).toEqual({ id: 1, source: 1, margin: 1 })
})

test('the rows are those the dialects ask for', async () => {
  const row = async (dialect: 'trl' | 'trl-conversational' | 'hh' | 'openai-dpo') => {
    await writeComparisons(path('row.jsonl'), [{ id: '1', prompt: 'p', chosen: 'a', rejected: 'b' }], {
      dialect,
    })
    return JSON.parse(readFileSync(path('row.jsonl'), 'utf8')) as unknown
  }
  const [p, a, b] = [
    [{ role: 'user', content: 'p' }],
    [{ role: 'assistant', content: 'a' }],
    [{ role: 'assistant', content: 'b' }],
  ]
  expect(await row('trl')).toEqual({ id: '1', prompt: 'p', chosen: 'a', rejected: 'b' })
  expect(await row('trl-conversational')).toEqual({ id: '1', prompt: p, chosen: a, rejected: b })
  const start = '\n\nHuman: p\n\nAssistant:'
  expect(await row('hh')).toEqual({ id: '1', chosen: `${start} a`, rejected: `${start} b` })
  expect(await row('openai-dpo')).toEqual({
    input: { messages: p },
    preferred_output: a,
    non_preferred_output: b,
  })
})

test('what a transcript cannot say is refused, or left out and counted', async () => {
  const bad: Comparison[] = [
    { ...plain, id: 'system', prompt: [{ role: 'system', content: 's' }] },
    { ...plain, id: 'none', prompt: '' },
    { ...plain, id: 'mark', rejected: 'b\n\nHuman: c' },
  ]
  const write = (comparisons: Comparison[], skipBad: boolean) =>
    writeComparisons(path('hh.jsonl'), comparisons, { dialect: 'hh', skipBad, maxErrors: 2 })
  await expect(write(bad, false)).rejects.toThrowError(
    /field "prompt": comparison system: .*opens with a turn/,
  )
  await expect(write(bad.slice(2), false)).rejects.toThrowError(
    /field "rejected": comparison mark: .*none that contains/,
  )
  expect(await write([...bad, plain], true)).toMatchObject({ written: 1, skipped: 3, errors: [{}, {}] })
})

test('plain or gzip by name, or as asked', async () => {
  await writeComparisons(path('named.jsonl.gz'), [plain], { dialect: 'trl' })
  expect(JSON.parse(gunzipSync(readFileSync(path('named.jsonl.gz'))).toString())).toMatchObject({
    prompt: 'p',
  })
  await writeComparisons(path('plain.jsonl.gz'), [plain], { dialect: 'trl', gzip: false })
  expect(JSON.parse(readFileSync(path('plain.jsonl.gz'), 'utf8'))).toMatchObject({ prompt: 'p' })
})

test('a failure leaves the old file and nothing else', async () => {
  writeFileSync(path('old.jsonl'), 'old')
  const before = readdirSync(directory)
  const failing = (async function* () {
    for (let i = 0; i < 5000; i++) yield plain
    throw new Error('the source broke')
  })()
  await expect(writeComparisons(path('old.jsonl'), failing, { dialect: 'trl' })).rejects.toThrowError(
    'the source broke',
  )
  expect(readFileSync(path('old.jsonl'), 'utf8')).toBe('old')
  expect(readdirSync(directory)).toEqual(before)
  await expect(writeComparisons(path('no/where.jsonl'), [plain], { dialect: 'trl' })).rejects.toThrowError(
    expect.objectContaining({
      code: 'WRITE_FAILED',
      message: expect.stringContaining('where.jsonl: cannot be written'),
    }),
  )
  await expect(writeComparisons(path('x'), [plain], { dialect: 'kto' as 'trl' })).rejects.toThrowError(
    /dialect: expected one of trl, trl-conversational, hh, openai-dpo; is "kto"/,
  )
})

test('convert: one dialect to another, reports of both, and the input may be the output', async () => {
  const file = path('convert.jsonl')
  writeFileSync(file, '{"prompt":"p","chosen":"a","rejected":"b"}\n{"prompt":"p"}\n')
  await expect(convertComparisons(file, file, { to: 'hh' })).rejects.toThrowError(
    /:2: field "chosen": is missing/,
  )
  const { read, written } = await convertComparisons(file, file, { to: 'hh', skipBad: true })
  expect(read).toMatchObject({ rows: 2, comparisons: 1, skipped: 1, files: [{ dialect: 'trl' }] })
  expect(written).toMatchObject({ written: 1, skipped: 0, dialect: 'hh' })
  const forced = await convertComparisons(file, path('t.jsonl'), { from: 'trl-implicit', to: 'trl' })
  expect(forced.read.files[0]).toMatchObject({ dialect: 'trl-implicit', why: 'it was named' })
  for await (const { prompt } of readComparisons(path('t.jsonl'), { dialect: 'trl' }))
    expect(prompt).toBe('\n\nHuman: p\n\nAssistant:')
})

test('a name of Parquet is refused, with what is written', async () => {
  for (const name of ['c3.parquet', 'c3.PARQUET.gz'])
    await expect(writeComparisons(path(name), [plain], { dialect: 'trl' })).rejects.toThrowError(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringMatching(
          /is named as Parquet, which is not written: .*\.jsonl or \.jsonl\.gz$/,
        ),
      }),
    )
})

test('ids made from the place of a row are neither written nor missed; ids of the data are', async () => {
  const file = path('ids.jsonl')
  const out = path('ids-out.jsonl')
  const convert = async (rows: readonly object[], to: 'trl' | 'openai-dpo') => {
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const { written } = await convertComparisons(file, out, { to })
    const lines = readFileSync(out, 'utf8').trim().split('\n')
    return { ids: lines.map((line) => (JSON.parse(line) as { id?: string }).id), dropped: written.dropped }
  }
  const row = { prompt: 'p', chosen: 'a', rejected: 'b' }
  expect(await convert([row, { ...row, id: 'ids.jsonl:2' }], 'trl')).toEqual({
    ids: [undefined, 'ids.jsonl:2'],
    dropped: {},
  })
  expect((await convert([row, { ...row, id: 7 }], 'openai-dpo')).dropped).toEqual({ id: 1 })
  const kto = [true, false].map((label) => ({ prompt: 'p', completion: `${label}`, label }))
  expect((await convert(kto, 'trl')).ids).toEqual([undefined])
  expect(
    (
      await convert(
        [
          { ...kto[0], id: 'x' },
          { ...kto[1], id: 'y' },
        ],
        'trl',
      )
    ).ids,
  ).toEqual(['x>y'])
})
