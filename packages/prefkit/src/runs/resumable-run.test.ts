import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { continueRun, type RunKind, startRun } from './resumable-run'

interface Config {
  readonly files: readonly string[]
  readonly limit: number
}

const kind: RunKind<Config> = { command: 'count', parse: (value) => value as Config }

let folder = ''
const at = (name: string) => join(folder, name)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-runs-'))
  await writeFile(at('data.txt'), 'one')
  return () => rm(folder, { recursive: true })
})

const given = (): Config => ({ files: [at('data.txt')], limit: 3 })
const start = (hasResults: boolean, work = async (): Promise<string> => 'done') =>
  startRun(kind, given(), at('run'), { work, hasResults: async () => hasResults })
const fail = async (): Promise<never> => {
  throw new Error('the work failed')
}

it('prepares before there is a run, and hands what it has to the work', async () => {
  const worked = startRun(kind, given(), at('run'), {
    prepare: async ({ limit }) => 2 * limit,
    work: async (_, __, prepared) => prepared,
    hasResults: async () => true,
  })
  expect(await worked).toBe(6)
  const failed = startRun(kind, given(), at('other'), {
    prepare: fail,
    work: async () => 'never',
    hasResults: async () => true,
  })
  await expect(failed).rejects.toThrow('the work failed')
  expect(await readdir(folder)).not.toContain('other')
})

it('keeps a run that failed with results, and removes one without', async () => {
  await expect(start(true, fail)).rejects.toThrow('the work failed')
  await expect(start(true)).rejects.toMatchObject({ code: 'RUN_EXISTS' })
  await rm(at('run'), { recursive: true })
  await expect(start(false, fail)).rejects.toThrow('the work failed')
  expect(await start(true)).toBe('done')
})

it('discards what the work left in a run that is removed', async () => {
  const failing = startRun(kind, given(), at('run'), {
    work: async ({ path }) => {
      await writeFile(join(path, 'half.txt'), 'half')
      return fail()
    },
    hasResults: async () => false,
    discard: ({ path }) => rm(join(path, 'half.txt')),
  })
  await expect(failing).rejects.toThrow('the work failed')
  expect((await readdir(folder, { recursive: true })).filter((name) => name.includes('half'))).toEqual([])
})

it('goes on with the saved configuration, or with what is laid over it, which is not saved', async () => {
  await start(true)
  const before = await readFile(at('run/config.json'), 'utf8')
  const limit = (adjust?: (config: Config) => Config) =>
    continueRun(kind, at('run'), async (_, config) => config.limit, adjust)
  expect(await limit()).toBe(3)
  expect(await limit((config) => ({ ...config, limit: 9 }))).toBe(9)
  expect(await readFile(at('run/config.json'), 'utf8')).toBe(before)
})

it('refuses to go on with what is not what it was', async () => {
  await start(true)
  const resume = (command = 'count') => continueRun({ ...kind, command }, at('run'), async () => 'done')
  await expect(resume('other')).rejects.toMatchObject({ code: 'DATA_CORRUPT' })
  await writeFile(at('data.txt'), 'two')
  await expect(resume()).rejects.toMatchObject({
    code: 'RUN_CHANGED',
    message: expect.stringContaining('data.txt'),
  })
  await expect(continueRun(kind, at('nowhere'), async () => 'done')).rejects.toMatchObject({
    code: 'RUN_NOT_FOUND',
  })
})
