import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { startMlflow } from '../loggers/mlflow/testing/mlflow-server'
import type { RunSettings } from './config/run-config'
import type { RunEvent } from './driver/run-event'
import { resumeLoop, runLoop } from './run-loop'

let folder = ''
const at = (name: string) => join(folder, name)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-loop-'))
  const rows = Array.from({ length: 8 }, (_, i) => ({
    prompt: `Tom had dog ${i}.`,
    ...{ chosen: ' It was happy.', rejected: ' It was sad.' },
  }))
  await writeFile(at('pairs.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return () => rm(folder, { recursive: true })
})

const settings = (): RunSettings => ({
  model: { path: storiesPath },
  comparisons: { source: 'human', files: [at('pairs.jsonl')], heldOut: 0.25 },
  rewardModel: { kind: 'scalar', epochs: 2, batchSize: 3, learningRate: 1e-3 },
})

it('learns from comparisons of people, and makes nothing twice', async () => {
  const { results, run } = await runLoop(settings(), at('run'))
  const [comparisons, rewardModel] = results
  const { pairs, heldOut } = comparisons!.summary
  expect([comparisons!.steps, Number(pairs) + Number(heldOut)]).toEqual([0, 8])
  expect(rewardModel!.steps).toBe(Math.ceil((2 * Number(pairs)) / 3))
  const [row] = (await readFile(join(comparisons!.path, 'comparisons.jsonl'), 'utf8')).split('\n')
  expect(JSON.parse(row!)).toMatchObject({ chosen: ' It was happy.', rejected: ' It was sad.' })
  expect(JSON.parse(row!).chosen_tokens.length).toBeGreaterThan(3)

  const metrics = await readFile(run.metricsPath, 'utf8')
  const events: RunEvent['kind'][] = []
  const again = await resumeLoop(at('run'), { onEvent: ({ kind }) => events.push(kind) })
  expect(again.results).toEqual(results)
  expect(events).toEqual(['run-start', 'stage-skip', 'stage-skip'])
  expect(await readFile(run.metricsPath, 'utf8')).toBe(metrics)

  await appendFile(at('pairs.jsonl'), '{"prompt":"a","chosen":"b","rejected":"c"}\n')
  await expect(resumeLoop(at('run'))).rejects.toThrow(/pairs\.jsonl: is not the file that .*run began with/)
})

it('says what to do about a file that a stage has written and that is gone', async () => {
  const { run, results } = await runLoop(settings(), at('run'))
  const whole = await readFile(run.metricsPath, 'utf8')
  const [comparisons, rewardModel] = results
  await rm(join(rewardModel!.path, 'result.json'))
  await rm(join(comparisons!.path, 'comparisons.jsonl'))
  const gone = `comparisons.jsonl: is gone, though the stage that wrote it is done; delete ${comparisons!.path}`
  await expect(resumeLoop(at('run'))).rejects.toMatchObject({
    ...{ code: 'DATA_CORRUPT', message: expect.stringContaining(gone) },
  })
  for (const { path } of results) await rm(path, { recursive: true })
  await resumeLoop(at('run'))
  expect(await readFile(run.metricsPath, 'utf8')).toBe(whole)
})

it('says that there is a run before it looks at anything else', async () => {
  await runLoop({ ...settings(), rewardModel: undefined }, at('run'))
  const missing = { ...settings(), model: { path: at('no model') } }
  await expect(runLoop(missing, at('run'))).rejects.toMatchObject({ code: 'RUN_EXISTS' })
  const placeOf = (path: readonly PropertyKey[]) => `run.yaml:7: ${path.join('.')}`
  await expect(runLoop(missing, at('other'), { placeOf })).rejects.toThrow(/^run\.yaml:7: model\.path: /)
})

it('leaves nothing of a run that came to nothing', async () => {
  await writeFile(at('pairs.jsonl'), '{"prompt":"a"}\n')
  const server = await startMlflow()
  const loggers = { tensorboard: true, mlflow: { uri: server.url, experiment: 'nothing' } }
  await expect(runLoop({ ...settings(), loggers }, at('run')).finally(server.close)).rejects.toThrow(
    /pairs\.jsonl/,
  )
  expect(server.runs.size).toBe(1)
  await expect(stat(at('run'))).rejects.toThrow(/ENOENT/)
})

it('does not go on with another module than it began with', async () => {
  await writeFile(at('golden.mjs'), 'export default ({ text }) => text.length\n')
  await writeFile(at('prompts.jsonl'), '{"prompt":"Tom had a"}\n{"prompt":"Lily had a"}\n')
  const drawn: RunSettings = {
    model: { path: storiesPath },
    prompts: { files: [at('prompts.jsonl')], heldOut: 0 },
    sampling: { maxNewTokens: 4 },
    comparisons: { source: 'simulated', pairs: 2, golden: { type: 'function', module: at('golden.mjs') } },
  }
  await runLoop(drawn, at('run'))
  await expect(resumeLoop(at('run'))).resolves.toMatchObject({ results: [{ stage: 'comparisons' }] })
  await writeFile(at('golden.mjs'), 'export default ({ text }) => -text.length\n')
  await expect(resumeLoop(at('run'))).rejects.toMatchObject({
    ...{ code: 'RUN_CHANGED', message: expect.stringMatching(/golden\.mjs: is not the file that/) },
  })
})
