import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { asyncBufferFromFile, SchemaElement } from 'hyparquet'
import { parquetWriteFile } from 'hyparquet-writer'
import { afterAll, expect, test, vi } from 'vitest'
import { parquetRows } from './parquet-rows'
import { loadComparisons, readComparisons } from './read-comparisons'

/** How many bytes of Parquet files were asked for so far. */
const asked = vi.hoisted(() => ({ bytes: 0 }))
vi.mock('hyparquet', async (original) => {
  const hyparquet = await original<{ asyncBufferFromFile: typeof asyncBufferFromFile }>()
  const counted: typeof asyncBufferFromFile = async (...args) => {
    const buffer = await hyparquet.asyncBufferFromFile(...args)
    const slice: typeof buffer.slice = (start, end = buffer.byteLength) => {
      asked.bytes += end - start
      return buffer.slice(start, end)
    }
    return { ...buffer, slice }
  }
  return { ...hyparquet, asyncBufferFromFile: counted }
})

const directory = mkdtempSync(join(tmpdir(), 'prefkit-parquet-'))
afterAll(() => rmSync(directory, { recursive: true }))
const path = (name: string) => join(directory, name)

const texts = (count: number, make: (i: number) => string) => ({
  data: Array.from({ length: count }, (_, i) => make(i)),
  type: 'STRING' as const,
})

/** A column that is a list of {role, content}, as pyarrow lays it out. */
const chatColumn = (name: string): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', repetition_type: 'OPTIONAL', num_children: 2 },
  { name: 'content', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  { name: 'role', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
]

test('text columns over many row groups, with 64-bit integers as ids', async () => {
  parquetWriteFile({
    filename: path('trl.parquet'),
    rowGroupSize: 100,
    columnData: [
      { name: 'id', data: BigInt64Array.from({ length: 250 }, (_, i) => BigInt(i)), type: 'INT64' },
      { name: 'prompt', ...texts(250, (i) => `prompt ${i}`) },
      { name: 'chosen', ...texts(250, (i) => `good ${i}`) },
      { name: 'rejected', ...texts(250, () => 'bad') },
    ],
  })
  const { comparisons, report } = await loadComparisons(path('trl.parquet'))
  expect(report).toMatchObject({
    rows: 250,
    comparisons: 250,
    files: [{ format: 'parquet', dialect: 'trl' }],
  })
  expect(comparisons[249]).toEqual({ id: '249', prompt: 'prompt 249', chosen: 'good 249', rejected: 'bad' })
})

test('lists of messages with scores: UltraFeedback-binarised', async () => {
  const chat = (answer: string) => [
    { content: 'Why?', role: 'user' },
    { content: answer, role: 'assistant' },
  ]
  parquetWriteFile({
    filename: path('ultra.parquet'),
    schema: [
      { name: 'root', num_children: 4 },
      ...chatColumn('chosen'),
      ...chatColumn('rejected'),
      { name: 'score_chosen', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
      { name: 'score_rejected', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
    ],
    columnData: [
      { name: 'chosen', data: [chat('So.'), chat('Thus.')] },
      { name: 'rejected', data: [chat('No.'), chat('Well.')] },
      { name: 'score_chosen', data: [8, null] },
      { name: 'score_rejected', data: [5.5, 3] },
    ],
  })
  const { comparisons, report } = await loadComparisons(path('ultra.parquet'))
  expect(report.files[0]).toMatchObject({ dialect: 'ultrafeedback', format: 'parquet' })
  const prompt = [{ role: 'user', content: 'Why?' }]
  expect(comparisons).toEqual([
    { id: 'ultra.parquet:1', prompt, chosen: 'So.', rejected: 'No.', margin: 2.5 },
    { id: 'ultra.parquet:2', prompt, chosen: 'Thus.', rejected: 'Well.' },
  ])
})

test('a NaN margin names file, row and field', async () => {
  const data = texts(3, (i) => `${i}`)
  parquetWriteFile({
    filename: path('nan.parquet'),
    columnData: [
      { name: 'prompt', ...data },
      { name: 'chosen', ...data },
      { name: 'rejected', ...data },
      { name: 'margin', data: [1, 2, Number.NaN], type: 'DOUBLE' },
    ],
  })
  await expect(loadComparisons(path('nan.parquet'))).rejects.toThrowError(
    expect.objectContaining({
      code: 'FIELD_VALUE',
      message: `${path('nan.parquet')} row 3: field "margin": expected a finite number, is NaN`,
    }),
  )
  const { report } = await loadComparisons(path('nan.parquet'), { skipBad: true })
  expect(report).toMatchObject({ comparisons: 2, skipped: 1 })
})

test('a cut file and a damaged row group are named; a file without rows is empty', async () => {
  const whole = readFileSync(path('trl.parquet'))
  writeFileSync(path('cut.parquet'), whole.subarray(0, whole.length / 2))
  await expect(loadComparisons(path('cut.parquet'))).rejects.toThrowError(
    expect.objectContaining({
      code: 'PARQUET_CORRUPT',
      message: expect.stringContaining('the Parquet footer'),
    }),
  )
  const damaged = Buffer.from(whole)
  damaged.fill(0xff, 4, 400)
  writeFileSync(path('damaged.parquet'), damaged)
  await expect(loadComparisons(path('damaged.parquet'), { skipBad: true })).rejects.toThrowError(
    expect.objectContaining({
      code: 'PARQUET_CORRUPT',
      message: expect.stringContaining('row group 1 of 3'),
    }),
  )
  parquetWriteFile({
    filename: path('none.parquet'),
    columnData: [{ name: 'prompt', data: [], type: 'STRING' }],
  })
  await expect(loadComparisons(path('none.parquet'))).rejects.toThrowError(/has no rows/)
})

test('row groups are read one at a time', async () => {
  const damaged = readFileSync(path('trl.parquet'))
  // The last row group lies just before the footer, whose length is the last word but one.
  const footer = damaged.length - 8 - damaged.readUInt32LE(damaged.length - 8)
  damaged.fill(0xff, Math.floor(footer * 0.85), Math.floor(footer * 0.95))
  writeFileSync(path('late.parquet'), damaged)
  const reader = readComparisons(path('late.parquet'))
  let seen = 0
  const read = async () => {
    for await (const _ of reader) seen++
  }
  await expect(read()).rejects.toThrowError(/row group 3 of 3/)
  expect(seen).toBe(200)
})

test.each([
  ['with an offset index', true],
  ['without one, as pyarrow writes it', false],
])('a large row group is read in slices: %s', async (name, offsetIndex) => {
  const file = path(`slices ${name}.parquet`)
  const count = 20_000
  const column = (field: string, make: (i: number) => string) => ({
    name: field,
    ...texts(count, make),
    offsetIndex,
  })
  parquetWriteFile({
    filename: file,
    rowGroupSize: count,
    codec: 'UNCOMPRESSED',
    columnData: [
      column('prompt', (i) => `prompt ${i}`),
      // No two alike, so that no dictionary holds them.
      column('chosen', (i) => `good ${i} `.repeat(100)),
      column('rejected', (i) => `bad ${i % 7}`),
    ],
  })
  const { comparisons, report } = await loadComparisons(file)
  expect(report.files).toMatchObject([{ rows: count }])
  for (const [i, { id, prompt, chosen, rejected }] of comparisons.entries())
    expect([id, prompt, chosen.slice(0, 12), rejected]).toEqual([
      `slices ${name}.parquet:${i + 1}`,
      `prompt ${i}`,
      `good ${i} good`.slice(0, 12).padEnd(12, ' '),
      `bad ${i % 7}`,
    ])

  const damaged = readFileSync(file)
  // The page with the last long text: only its slice cannot be read.
  const last = damaged.lastIndexOf(`good ${count - 1} `)
  damaged.fill(0xff, last - 2000, last)
  writeFileSync(file, damaged)
  const seen: string[] = []
  const read = async () => {
    for await (const { id } of readComparisons(file)) seen.push(id)
  }
  await expect(read()).rejects.toThrowError(/row group 1 of 1/)
  expect(seen.length).toBeGreaterThan(count / 4)
})

test.each([
  ['with an offset index', true],
  ['without one', false],
])('slices of a row group read their own pages alone: %s', async (name, offsetIndex) => {
  const file = path(`pages ${name}.parquet`)
  const count = 8 * 2 ** 16
  parquetWriteFile({
    filename: file,
    rowGroupSize: count,
    pageSize: 2 ** 18,
    codec: 'UNCOMPRESSED',
    columnData: [{ name: 'prompt', ...texts(count, (i) => `prompt ${i}`), offsetIndex }],
  })
  asked.bytes = 0
  let rows = 0
  for await (const row of parquetRows(file)) if ('value' in row) rows++
  expect(rows).toBe(count)
  // Each of the eight slices would read the whole column if hyparquet passed over where its pages are.
  expect(asked.bytes / statSync(file).size).toBeLessThan(2)
})
