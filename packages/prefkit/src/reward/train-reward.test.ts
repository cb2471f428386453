import { writeFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { comparisonLines } from '../cli/testing/run-prefkit'
import { parseRewardConfig } from './reward-config'
import { resumeReward, trainReward } from './train-reward'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-train-'))
  await writeFile(join(folder, 'pairs.jsonl'), comparisonLines(20))
})
afterEach(() => rm(folder, { recursive: true }))

function train(seed: number) {
  const files = [join(folder, 'pairs.jsonl')]
  const config = {
    data: { files, testFiles: [], testFraction: 0, skipBad: false, softLabels: true },
    features: { embedder: { kind: 'hashedNgrams', dimensions: 16 }, parts: ['response'] },
    model: { seed, hidden: [], epochs: 2 },
    backend: 'reference',
  }
  return trainReward(parseRewardConfig(config, 'test'), join(folder, 'run'))
}

test('of trainings into one directory at once, one runs, and the configuration is its own', async () => {
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
})

test('a run that is replaced while its data is read is not gone on with', async () => {
  const { run } = await train(1)
  const other = JSON.parse(await readFile(run.configPath, 'utf8'))
  other.config.model.seed = 2
  const metrics = await readFile(run.metricsPath, 'utf8')
  const replace = () => writeFileSync(run.configPath, JSON.stringify(other))
  await expect(resumeReward(run.path, { onProgress: replace })).rejects.toMatchObject({
    code: 'RUN_CHANGED',
    message: `${run.configPath} was replaced while its data was read: another run is in ${run.path} now`,
  })
  expect(JSON.parse(await readFile(run.configPath, 'utf8'))).toEqual(other)
  expect(await readFile(run.metricsPath, 'utf8')).toBe(metrics)
})
