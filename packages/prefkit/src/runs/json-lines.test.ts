import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { appendLines, keepLines, readLines, readStageLines, writeLines } from './json-lines'

let folder = ''
const at = (name: string) => join(folder, name)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-lines-'))
  return () => rm(folder, { recursive: true })
})

/** Longer than what is read or written at a time, and cut amid characters there. */
const rows = ['a', 'ü'.repeat(100_001), '🙂'.repeat(300_003), '', 'z'.repeat(2 ** 21), 'end'].map((text) => ({
  text,
}))

it('reads what it has written, however long the lines are', async () => {
  await writeLines(at('rows.jsonl'), rows)
  expect(await readLines(at('rows.jsonl'))).toEqual(rows)
  expect(await readFile(at('rows.jsonl'), 'utf8')).toBe(
    rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  )
  await writeLines(at('none.jsonl'), [])
  expect(await readFile(at('none.jsonl'), 'utf8')).toBe('')
})

it('cuts a file back to so many rows', async () => {
  for (let count = rows.length; count >= 0; count--) {
    await rm(at('rows.jsonl'), { force: true })
    await appendLines(at('rows.jsonl'), rows)
    await writeFile(at('rows.jsonl'), '{"text":"cut', { flag: 'a' })
    await keepLines(at('rows.jsonl'), count)
    expect(await readLines(at('rows.jsonl'))).toEqual(rows.slice(0, count))
  }
  await expect(keepLines(at('rows.jsonl'), 1)).rejects.toThrow('rows.jsonl has fewer than the 1 records')
})

it('takes a file that is not there for an empty one, and none that cannot be read', async () => {
  expect(await readLines(at('none.jsonl'))).toEqual([])
  await keepLines(at('none.jsonl'), 0)
  await mkdir(at('folder.jsonl'))
  const corrupt = { code: 'DATA_CORRUPT', message: expect.stringMatching(/folder\.jsonl: could not be read/) }
  await expect(readLines(at('folder.jsonl'))).rejects.toMatchObject(corrupt)
  await expect(keepLines(at('folder.jsonl'), 1)).rejects.toMatchObject(corrupt)
})

it('names the line that is no JSON', async () => {
  await writeFile(at('rows.jsonl'), '{}\n{"a":\n{}\n')
  await expect(readLines(at('rows.jsonl'))).rejects.toThrow(/rows\.jsonl:2: is no valid JSON/)
})

it('says what to do without a file that a stage has written', async () => {
  await expect(readStageLines(at('comparisons.jsonl'))).rejects.toMatchObject({
    code: 'DATA_CORRUPT',
    message: `${at('comparisons.jsonl')}: is gone, though the stage that wrote it is done; delete ${folder} and the directories of the stages after it, which are then made again`,
  })
})
