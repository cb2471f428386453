import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import type { RunSettings } from './config/run-config'
import type { RunEvent } from './driver/run-event'
import { resumeLoop, runLoop } from './run-loop'

let folder = ''
const at = (name: string) => join(folder, name)
const rowsOf = async (name: string) =>
  (await readFile(at(name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Whether the module of {@link settings} fails at its second step: a module is read once by a process. */
const fault = globalThis as { prefkitFault?: boolean }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-changed-'))
  await writeFile(at('prompts.jsonl'), '{"prompt":"Tom had a"}\n{"prompt":"Lily had a"}\n')
  const lines = [
    'let responses = 0',
    'export default ({ text }) => {',
    "  if (globalThis.prefkitFault && ++responses > 4) throw new TypeError('no such word')",
    '  return text.length',
    '}',
  ]
  await writeFile(at('mine.mjs'), `${lines.join('\n')}\n`)
  fault.prefkitFault = true
  return () => rm(folder, { recursive: true })
})

const settings = (): RunSettings => ({
  model: { path: storiesPath },
  prompts: { files: [at('prompts.jsonl')], heldOut: 0 },
  sampling: { maxNewTokens: 4 },
  checkpointSeconds: 0,
  policy: {
    ...{ algorithm: 'grpo', steps: 3, promptsPerStep: 2, samplesPerPrompt: 2, learningRate: 1e-3 },
    rewards: [{ type: 'function', module: at('mine.mjs') }],
  },
})

/** A run whose reward fails at its second step; and is mended, which makes another file of it. */
async function failedRun(): Promise<void> {
  await expect(runLoop(settings(), at('run'))).rejects.toMatchObject({
    code: 'BAD_REWARD',
    message: expect.stringMatching(/no such word; .* go on with: prefkit run --resume .*run$/),
  })
  fault.prefkitFault = false
}
const mend = () => appendFile(at('mine.mjs'), '// Mended.\n')

it('goes on with a module that was mended where that is said, and keeps for the report that it was', async () => {
  await failedRun()
  await mend()
  const before = await readFile(at('run/config.json'), 'utf8')
  await expect(resumeLoop(at('run'))).rejects.toMatchObject({
    code: 'RUN_CHANGED',
    message: expect.stringMatching(
      /mine\.mjs: is not the file that .* or go on with what it is now: prefkit run --resume .*run --accept-changes$/,
    ),
  })
  expect(await readFile(at('run/config.json'), 'utf8')).toBe(before)

  const warnings: string[] = []
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'warning') warnings.push(event.message)
  }
  await resumeLoop(at('run'), { acceptChanges: true, onEvent })
  expect(warnings).toEqual([
    expect.stringMatching(/mine\.mjs is not the file .* what follows step 1 of policy cannot be compared/),
  ])
  const alert = { monitor: 'changed-files', stage: 'policy', step: 1, severity: 'warning' }
  const told = (await rowsOf('run/alerts.jsonl')).filter(({ monitor }) => monitor === alert.monitor)
  expect(told).toEqual([{ ...alert, message: warnings[0] }])
  const steps = (await rowsOf('run/metrics.jsonl')).filter(({ stage }) => stage === 'policy')
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3])

  await resumeLoop(at('run'), { onEvent })
  await resumeLoop(at('run'), { acceptChanges: true, onEvent })
  expect(warnings).toHaveLength(1)
})

it('does not tell of what came before where nothing is kept of it', async () => {
  const unkept = { ...settings(), checkpointSeconds: 1e6 }
  await expect(runLoop(unkept, at('run'))).rejects.toMatchObject({ code: 'BAD_REWARD' })
  fault.prefkitFault = false
  await mend()
  const warnings: string[] = []
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'warning') warnings.push(event.message)
  }
  await resumeLoop(at('run'), { acceptChanges: true, onEvent })
  expect(warnings).toEqual([
    expect.stringMatching(
      /mine\.mjs is not the file .* accepted \(--accept-changes\): the same settings would not make this run again\.$/,
    ),
  ])
})

it('does not go on with settings, models or a backend that are not what they were, whatever is accepted', async () => {
  await failedRun()
  const text = await readFile(at('run/config.json'), 'utf8')
  // Spaces and the order of names say nothing.
  const { config, ...saved } = JSON.parse(text)
  const written = (changes: object): Promise<void> =>
    writeFile(at('run/config.json'), JSON.stringify({ config: { ...config, ...changes }, ...saved }))
  const edited = [
    { settings: { ...config.settings, seed: 7 } },
    { settings: { ...config.settings, policy: { ...config.settings.policy, steps: 4 } } },
    { models: {} },
    { ranOn: 'other' },
    { files: [] },
    { seal: undefined },
  ]
  for (const changes of edited) {
    await written(changes)
    for (const acceptChanges of [false, true]) {
      await expect(resumeLoop(at('run'), { acceptChanges })).rejects.toMatchObject({
        code: 'RUN_CHANGED',
        message: expect.stringMatching(
          /config\.json: config: was changed since the run began, .*begin a new run/,
        ),
      })
    }
  }
  await written({})
  await expect(resumeLoop(at('run'))).resolves.toMatchObject({ config: { seed: 0 } })
})

it('accepts no other model along with another module', async () => {
  const model = at(basename(storiesPath))
  // With its tokeniser beside it.
  for (const name of [basename(storiesPath), 'tok512.bin'])
    await cp(join(dirname(storiesPath), name), at(name))
  const own = { ...settings(), model: { path: model } }
  await expect(runLoop(own, at('run'))).rejects.toMatchObject({ code: 'BAD_REWARD' })
  await mend()
  await appendFile(model, 'x')
  const before = await readFile(at('run/config.json'), 'utf8')
  await expect(resumeLoop(at('run'), { acceptChanges: true })).rejects.toMatchObject({
    ...{ code: 'RUN_CHANGED', message: expect.stringMatching(/: is not the model that/) },
  })
  expect(await readFile(at('run/config.json'), 'utf8')).toBe(before)
})
