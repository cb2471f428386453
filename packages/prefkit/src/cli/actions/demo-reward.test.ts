import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeRun } from './demo-reward'

test('a demo whose report cannot be written leaves no run, so that it can be run again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-demo-'))
  const inTheWay = join(folder, 'report.html', 'kept')
  await mkdir(inTheWay, { recursive: true })
  await expect(writeRun(folder, {}, [], '<p>')).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  expect(await readdir(folder)).toEqual(['report.html'])
  await rm(join(folder, 'report.html'), { recursive: true })
  await writeRun(folder, {}, [], '<p>')
  expect((await readdir(folder)).toSorted()).toEqual(['config.json', 'metrics.jsonl', 'report.html'])
  await rm(folder, { recursive: true })
})
