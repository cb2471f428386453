import { mkdirSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DemoResult } from '../../demo/reward/run-demo'
import { writeRun } from './demo-reward'

test('a demo whose report cannot be written leaves no run, so that it can be run again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-demo-'))
  const putInTheWay = {
    // Read once the run has begun: it would not where anything is.
    get records() {
      mkdirSync(join(folder, 'report.html/kept'), { recursive: true })
      return []
    },
  } as Partial<DemoResult> as DemoResult // Of results without records, nothing else is read.
  await expect(writeRun(folder, {}, [putInTheWay], '<p>')).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  expect(await readdir(folder)).toEqual(['report.html'])
  await rm(join(folder, 'report.html'), { recursive: true })
  await writeRun(folder, {}, [], '<p>')
  expect((await readdir(folder)).toSorted()).toEqual(['config.json', 'metrics.jsonl', 'report.html'])
  await rm(folder, { recursive: true })
})
