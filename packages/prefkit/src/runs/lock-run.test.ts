import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockRun } from './lock-run'
import { requireWritable } from './require-writable'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a run that a living process has cannot be taken', async () => {
  await writeFile(join(folder, 'lock'), `${process.ppid}`)
  await expect(lockRun(folder)).rejects.toMatchObject({
    code: 'RUN_LOCKED',
    message: expect.stringContaining(`${folder} is being worked on by process ${process.ppid}`),
  })
  expect(await readdir(folder)).toEqual(['lock'])
})

test.each(['', 'no number', '0', '-1'])(
  'a lock that says %j, and one of a dead process, is taken over',
  async (content) => {
    const dead = spawnSync(process.execPath, ['-e', '0']).pid
    for (const holder of [content, `${dead}`]) {
      await writeFile(join(folder, 'lock'), holder)
      const release = await lockRun(folder)
      await release()
      expect(await readdir(folder)).toEqual([])
    }
  },
)

test('a file in the way is named before any work', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await requireWritable(join(folder, 'new', 'run'))
  for (const path of [file, join(file, 'run')]) {
    await expect(requireWritable(path)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: `${path} could not be written: ${file} is a file, not a directory`,
    })
  }
})
