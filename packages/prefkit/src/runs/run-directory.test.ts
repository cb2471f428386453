import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { withRunLocked } from './lock-run'
import { beginRun, requireNoRun } from './run-directory'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-directory-'))
  return () => rm(folder, { recursive: true })
})

const refusal = (message: string) => ({ code: 'RUN_EXISTS', message })

it('begins no run among files of others, which stay as they were', async () => {
  await mkdir(join(folder, 'stages/x'), { recursive: true })
  for (const name of ['report.html', 'metrics.jsonl']) await writeFile(join(folder, name), 'mine')
  const named = refusal(`${folder} is not empty (metrics.jsonl, report.html, stages): choose another --out`)
  await expect(requireNoRun(folder)).rejects.toMatchObject(named)
  await expect(beginRun(folder, {})).rejects.toMatchObject(named)
  expect(await readFile(join(folder, 'metrics.jsonl'), 'utf8')).toBe('mine')
  await writeFile(join(folder, 'notes.txt'), 'mine')
  const more = refusal(
    `${folder} is not empty (metrics.jsonl, notes.txt, report.html, …): choose another --out`,
  )
  await expect(requireNoRun(folder)).rejects.toMatchObject(more)
})

it.each(['not JSON', '[]', '{"compilerOptions": {}}'])(
  'does not take a configuration of another program for a run: %s',
  async (text) => {
    await writeFile(join(folder, 'config.json'), text)
    const named = refusal(`${folder} is not empty (config.json): choose another --out`)
    await expect(requireNoRun(folder)).rejects.toMatchObject(named)
  },
)

it('says of a run that it is one', async () => {
  await beginRun(folder, { command: 'run', prefkit: '1.0.0' })
  const named = refusal(`${folder} holds a run already; choose another --out, or --resume ${folder}`)
  await expect(requireNoRun(folder)).rejects.toMatchObject(named)
})

it('begins a run where there is nothing, or only the lock of one that was killed', async () => {
  await requireNoRun(join(folder, 'missing'))
  for (const name of ['lock', 'lock.0123abcd.tmp']) await writeFile(join(folder, name), '')
  await mkdir(join(folder, '.prefkit-aB3x_9'))
  await requireNoRun(folder)
  await withRunLocked(folder, () => beginRun(folder, {}))
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['config.json', 'metrics.jsonl']))
})
