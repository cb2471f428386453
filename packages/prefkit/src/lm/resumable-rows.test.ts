import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { type ResumableRows, writeResumableRows } from './resumable-rows'

let folder = ''
const at = (name: string) => join(folder, name)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-rows-'))
  return () => rm(folder, { recursive: true })
})

const total = 10
const chunk = 4

/** Writes rows 0 to 9 in chunks, and fails after so many chunks of this call. */
const count =
  (chunks = Number.POSITIVE_INFINITY) =>
  async ({ done, append }: ResumableRows): Promise<number> => {
    let made = 0
    for (let row = done; row < total; row += chunk) {
      if (made++ === chunks) throw new Error('killed')
      const rows = Array.from({ length: Math.min(chunk, total - row) }, (_, i) => ({ row: row + i }))
      await append(rows)
    }
    return done
  }

const write = (chunks?: number, settings: Record<string, unknown> = { seed: 1 }) =>
  writeResumableRows(at('out.jsonl'), { settings, chunk }, count(chunks))
const text = () => readFile(at('out.jsonl'), 'utf8')
const whole = Array.from({ length: total }, (_, row) => `{"row":${row}}\n`).join('')

it('writes rows, and leaves nothing beside them', async () => {
  expect(await write()).toBe(0)
  expect(await text()).toBe(whole)
  expect(await readdir(folder)).toEqual(['out.jsonl'])
})

it.each([
  ['after a chunk', 8, 8],
  ['within a chunk', 7, 4],
  ['within a line', 6.5, 4],
  ['before the first chunk was whole', 2, 0],
  ['after the last row', 10, 8],
])('goes on where a file ends %s, with the same rows', async (_, rows, kept) => {
  await expect(write(2)).rejects.toThrow('killed')
  await writeFile(at('out.jsonl'), whole)
  const bytes = `{"row":0}\n`.length
  await truncate(at('out.jsonl'), Math.floor(rows * bytes))
  expect(await write()).toBe(kept)
  expect(await text()).toBe(whole)
  expect(await readdir(folder)).toEqual(['out.jsonl'])
})

it('refuses to go on with other settings, and names what is not what it was', async () => {
  await expect(write(1)).rejects.toThrow('killed')
  await expect(write(undefined, { seed: 2 })).rejects.toMatchObject({
    code: 'RUN_CHANGED',
    message: expect.stringContaining('was begun with seed 1, not 2'),
  })
  expect(await write()).toBe(4)
})

it('writes over no file that is complete', async () => {
  await write()
  await expect(write()).rejects.toMatchObject({ code: 'RUN_EXISTS' })
  expect(await text()).toBe(whole)
  expect(await readdir(folder)).toEqual(['out.jsonl'])
})

it('keeps nothing of what failed before its first row', async () => {
  await expect(write(0)).rejects.toThrow('killed')
  expect(await readdir(folder)).toEqual([])
  expect(await write(undefined, { seed: 2 })).toBe(0)
})
