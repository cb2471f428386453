import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeReport } from './write-report'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('makes the folders on the way, replaces what was there, and leaves nothing beside it', async () => {
  const path = join(folder, 'a/b/report.html')
  await writeReport(path, 'old')
  await writeReport(path, '<p>über 🙂</p>')
  expect(await readFile(path, 'utf8')).toBe('<p>über 🙂</p>')
  expect(await readdir(join(folder, 'a/b'))).toEqual(['report.html'])
})

test('when the last step fails, the old file and nothing else is there', async () => {
  const path = join(folder, 'report.html')
  await mkdir(path)
  await writeFile(join(path, 'kept'), 'x')
  await expect(writeReport(path, 'new')).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['report.html'])
  expect(await readdir(path)).toEqual(['kept'])
})

test('writers at the same time do not mix their pages', async () => {
  const path = join(folder, 'report.html')
  const pages = ['a', 'b', 'c'].map((letter) => letter.repeat(300_000))
  await Promise.all(pages.map((page) => writeReport(path, page)))
  expect(pages).toContain(await readFile(path, 'utf8'))
  expect(await readdir(folder)).toEqual(['report.html'])
})
