import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeAtomic, writeJson } from './write-atomic'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-write-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('makes the folders on the way, replaces what was there, and leaves nothing beside it', async () => {
  const path = join(folder, 'a/b/report.html')
  await writeAtomic(path, 'old')
  await writeAtomic(path, '<p>über 🙂</p>')
  expect(await readFile(path, 'utf8')).toBe('<p>über 🙂</p>')
  expect(await readdir(join(folder, 'a/b'))).toEqual(['report.html'])
  await writeJson(path, { a: [1] })
  expect(await readFile(path, 'utf8')).toBe('{\n  "a": [\n    1\n  ]\n}\n')
})

test('when the last step fails, the old file and nothing else is there', async () => {
  const path = join(folder, 'report.html')
  await mkdir(path)
  await writeFile(join(path, 'kept'), 'x')
  await expect(writeAtomic(path, 'new')).rejects.toMatchObject({
    code: 'WRITE_FAILED',
    message: expect.stringContaining(`${path} could not be written: `),
  })
  expect(await readdir(folder)).toEqual(['report.html'])
  expect(await readdir(path)).toEqual(['kept'])
})

test('a file in the way is named by the error', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await expect(writeAtomic(join(file, 'report.html'), 'new')).rejects.toMatchObject({
    code: 'WRITE_FAILED',
    message: expect.stringMatching(/report\.html could not be written: (EEXIST|ENOTDIR)/),
  })
})

test('writers at the same time do not mix their pages', async () => {
  const path = join(folder, 'report.html')
  const pages = ['a', 'b', 'c'].map((letter) => letter.repeat(300_000))
  await Promise.all(pages.map((page) => writeAtomic(path, page)))
  expect(pages).toContain(await readFile(path, 'utf8'))
  expect(await readdir(folder)).toEqual(['report.html'])
})
