import { spawnSync } from 'node:child_process'
import type * as files from 'node:fs/promises'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withRunLocked } from './lock-run'
import { requireWritable, requireWritableFile } from './require-writable'

// So that single calls can be made to fail.
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>()
  return { ...real, rm: vi.fn(real.rm) }
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const lock = () => join(folder, 'lock')
const lockOf = (pid: number, host = hostname()) => JSON.stringify({ pid, host, token: 'of another' })
const nothing = async () => {}

test.each([
  [
    'a living process',
    process.ppid,
    hostname(),
    /is being worked on by process \d+; wait for it, or delete \S+lock if /,
  ],
  // The number means nothing here: whether such a process lives cannot be told.
  [
    'another machine',
    1,
    'elsewhere',
    /is being worked on by process 1 of elsewhere; .* delete \S+lock if that has ended/,
  ],
])('a run that %s has cannot be taken', async (_, pid, host, message) => {
  await writeFile(lock(), lockOf(pid, host))
  const refused = withRunLocked(folder, nothing)
  await expect(refused).rejects.toMatchObject({ code: 'RUN_LOCKED', message: expect.stringMatching(message) })
  expect(await readdir(folder)).toEqual(['lock'])
  expect(await readFile(lock(), 'utf8')).toBe(lockOf(pid, host))
})

test.each([
  ['of a dead process', () => lockOf(spawnSync(process.execPath, ['-e', '0']).pid!)],
  ['of an earlier process of the same number', () => lockOf(process.pid)],
  ['without content', () => ''],
  ['that makes no sense', () => '{"pid": -1}'],
])('a lock %s is taken over', async (_, content) => {
  await writeFile(lock(), content())
  const during = await withRunLocked(folder, async () => JSON.parse(await readFile(lock(), 'utf8')))
  expect(during).toMatchObject({ pid: process.pid, host: hostname() })
  expect(await readdir(join(folder, '..'))).not.toContain(basename(folder))
})

test('of many that find a stale lock at once, one works', async () => {
  await writeFile(lock(), lockOf(process.pid))
  const count = 20
  let refused = 0
  let worked = 0
  const allRefused = Promise.withResolvers<void>()
  const attempts = Array.from({ length: count }, () =>
    withRunLocked(folder, async () => {
      worked++
      await allRefused.promise
    }).catch((error) => {
      expect(error).toMatchObject({ code: 'RUN_LOCKED' })
      if (++refused === count - 1) allRefused.resolve()
    }),
  )
  await Promise.all(attempts)
  expect(worked).toBe(1)
})

test('the lock of another is not released', async () => {
  await withRunLocked(folder, () => writeFile(lock(), lockOf(process.ppid)))
  expect(await readFile(lock(), 'utf8')).toBe(lockOf(process.ppid))
})

test('a lock that cannot be removed does not hide what the work came to', async () => {
  const readOnly = () => vi.mocked(rm).mockRejectedValueOnce(new Error('EROFS: read-only file system'))
  const fails = withRunLocked(folder, () => {
    readOnly()
    return Promise.reject(new Error('no'))
  })
  await expect(fails).rejects.toThrow('no')
  expect(await withRunLocked(folder, async () => readOnly() && 'done')).toBe('done')
})

test('nothing is taken while another process looks at the lock', async () => {
  await writeFile(lock(), '')
  await mkdir(join(folder, 'lock.turn'))
  await expect(withRunLocked(folder, nothing)).rejects.toMatchObject({
    code: 'RUN_LOCKED',
    message: expect.stringMatching(/is being taken by another process just now; .* delete \S+lock\.turn if /),
  })
  expect((await readdir(folder)).toSorted()).toEqual(['lock', 'lock.turn'])
})

test('a directory is made for the work, and stays when something is in it', async () => {
  const path = join(folder, 'runs/first')
  const fails = withRunLocked(path, () => Promise.reject(new Error('no')))
  await expect(fails).rejects.toThrow('no')
  expect(await readdir(join(folder, 'runs'))).toEqual([])
  await withRunLocked(path, () => writeFile(join(path, 'config.json'), ''))
  expect(await readdir(path)).toEqual(['config.json'])
})

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

test('a file that cannot be made is named before any work', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await requireWritableFile(file)
  await requireWritableFile(join(folder, 'new', 'file'))
  for (const [path, why] of [
    [join(file, 'x.jsonl'), `${file} is a file, not a directory`],
    [folder, 'it is there and is no regular file'],
    ['/dev/null', 'it is there and is no regular file'],
    ['/dev/null/x/y.jsonl', '/dev/null is a file, not a directory'],
  ] as const) {
    await expect(requireWritableFile(path)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: `${path} could not be written: ${why}`,
    })
  }
})
