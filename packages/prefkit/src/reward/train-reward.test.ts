import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { comparisonLines } from '../cli/testing/run-prefkit'
import { parseRewardConfig } from './reward-config'
import { trainReward } from './train-reward'

test('of trainings into one directory at once, one runs, and the configuration is its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-train-'))
  const file = join(folder, 'pairs.jsonl')
  await writeFile(file, comparisonLines(20))
  const train = (seed: number) => {
    const config = {
      data: { files: [file], testFiles: [], testFraction: 0, skipBad: false, softLabels: true },
      features: { embedder: { kind: 'hashedNgrams', dimensions: 16 }, parts: ['response'] },
      model: { seed, hidden: [], epochs: 2 },
      backend: 'reference',
    }
    return trainReward(parseRewardConfig(config, 'test'), join(folder, 'run'))
  }
  const results = await Promise.allSettled([1, 2, 3, 4].map(train))
  const [winner, ...others] = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  expect(others).toEqual([])
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    expect(result.reason.code).toMatch(/^RUN_(LOCKED|EXISTS)$/)
  }
  const { config } = JSON.parse(await readFile(join(folder, 'run/config.json'), 'utf8'))
  expect(config).toEqual(JSON.parse(JSON.stringify(winner!.config)))
  expect((await readdir(join(folder, 'run'))).toSorted()).toEqual([
    'checkpoints',
    'config.json',
    'metrics.jsonl',
    'model',
  ])
  await rm(folder, { recursive: true })
})
