import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRunData } from './read-run-data'
import { unfinishedStage } from './run-data'
import { runSummary } from './run-summary'
import { syntheticRun, writeRunData } from './testing/synthetic-run'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'prefkit-report-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('a run is read as it was written, a line that is being written left out', async () => {
  const run = syntheticRun({ name: 'first', path: join(directory, 'first') })
  await writeRunData(run)
  await appendFile(join(run.path, 'metrics.jsonl'), '{"stage":"policy","st')
  const { facts, ...read } = await readRunData(run.path)
  const { facts: _, ...written } = run
  expect(read).toEqual(written)
  expect(facts).toEqual({
    ...{ prefkit: '0.0.0', backend: 'native', seed: 0 },
    'stories260K.bin': 'SHA-256 abababababab…',
  })
  expect(unfinishedStage(read)).toBeUndefined()
})

test('a run that goes on says where it is', async () => {
  const run = syntheticRun({ path: join(directory, 'killed'), isFinished: false })
  await writeRunData(run)
  expect(unfinishedStage(await readRunData(run.path))).toBe('policy')
})

test('a run that failed between two stages is not finished', async () => {
  const run = syntheticRun({ path: join(directory, 'between') })
  const isEarly = ({ stage }: { readonly stage: string }) => stage === 'comparisons'
  const records = run.records.filter(isEarly)
  await writeRunData({ ...run, ...{ records, results: run.results.filter(isEarly), samples: [] } })
  const read = await readRunData(run.path)
  expect(unfinishedStage(read)).toBe('reward_model')
  expect(runSummary(read)[0]).toBe('The run is not finished: reward model has made no step.')
})

test('fingerprints of models of the same name do not take the place of each other', async () => {
  const run = syntheticRun({ path: join(directory, 'trained') })
  await writeRunData(run)
  const path = join(run.path, 'config.json')
  const saved = JSON.parse(await readFile(path, 'utf8'))
  const models = { '/r/stages/sft/model': 'ab'.repeat(32), '/r/stages/judge/model': 'cd'.repeat(32) }
  await writeFile(path, JSON.stringify({ ...saved, config: { ...saved.config, models } }))
  expect((await readRunData(run.path)).facts).toMatchObject({
    'sft/model': 'SHA-256 abababababab…',
    'judge/model': 'SHA-256 cdcdcdcdcdcd…',
  })
})

test('what is no run, or one of another command, is refused by name', async () => {
  await expect(readRunData(join(directory, 'none'))).rejects.toThrow('none is no run: it has no config.json')
  const path = join(directory, 'sft')
  await mkdir(path)
  await writeFile(join(path, 'config.json'), JSON.stringify({ command: 'lm sft', config: { files: [] } }))
  await expect(readRunData(path)).rejects.toThrow(
    'sft: expected a run of prefkit run, got one of prefkit lm sft',
  )
})
