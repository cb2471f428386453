import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import type { RunSettings } from './config/run-config'
import { resumeLoop, runLoop } from './run-loop'

let folder = ''
const at = (name: string) => join(folder, name)

/** Told by the module of {@link settings} when it is asked, from when on it waits for the signal. */
const asked = globalThis as { prefkitAsked?: () => void }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-stopped-'))
  await writeFile(
    at('prompts.jsonl'),
    '{"prompt":"Tom had a"}\n{"prompt":"Lily had a"}\n{"prompt":"Ben had a"}\n',
  )
  const lines = [
    'let responses = 0',
    'export default async ({ text }, { signal }) => {',
    '  if (globalThis.prefkitAsked && ++responses > 4) {',
    "    const stopped = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))",
    '    globalThis.prefkitAsked()',
    '    await stopped',
    '  }',
    '  return text.length',
    '}',
  ]
  await writeFile(at('slow.mjs'), `${lines.join('\n')}\n`)
  return () => rm(folder, { recursive: true })
})

const slow = () => ({ type: 'function' as const, module: at('slow.mjs') })
const online = { steps: 3, promptsPerStep: 2, samplesPerPrompt: 2, learningRate: 1e-3 }
const policies: Readonly<Record<string, () => RunSettings['policy']>> = {
  grpo: () => ({ algorithm: 'grpo', ...online, rewards: [slow()] }),
  ppo: () => ({ algorithm: 'ppo', ...online, epochs: 1, rewards: [slow()] }),
  'online-preferences': () => ({ algorithm: 'online-preferences', ...online, rewards: [slow()] }),
}

const settings = (policy: RunSettings['policy'], heldOut: number): RunSettings => ({
  model: { path: storiesPath },
  prompts: { files: [at('prompts.jsonl')], heldOut },
  sampling: { maxNewTokens: 4 },
  checkpointSeconds: 0,
  evaluation: { everySteps: 1, samplesPerPrompt: 8 },
  policy,
})

/** Stops a run while its second step, or what its first is evaluated by, is being scored; and goes on. */
async function stopAndGoOn(policy: RunSettings['policy'], heldOut: number): Promise<void> {
  delete asked.prefkitAsked
  await runLoop(settings(policy, heldOut), at('whole'))
  const controller = new AbortController()
  asked.prefkitAsked = () => controller.abort()
  const stopped = runLoop(settings(policy, heldOut), at('run'), {
    signal: controller.signal,
    graceSeconds: 0,
  })
  const steps = heldOut > 0 ? 0 : 1
  await expect(stopped).rejects.toMatchObject({
    code: 'INTERRUPTED',
    message: steps > 0 ? expect.stringMatching(/go on with/) : 'stopped; no step was done',
  })
  delete asked.prefkitAsked
  if (steps === 0) return
  const whole = await readFile(at('whole/metrics.jsonl'), 'utf8')
  const [first] = whole.split('\n')
  expect(await readFile(at('run/metrics.jsonl'), 'utf8')).toBe(`${first}\n`)
  await resumeLoop(at('run'))
  expect(await readFile(at('run/metrics.jsonl'), 'utf8')).toBe(whole)
}

it.each(Object.keys(policies))('%s: a step that waits is stopped, and made again to the same bytes', (name) =>
  stopAndGoOn(policies[name]!(), 0),
)

it('stops an evaluation that waits, too', () => stopAndGoOn(policies.grpo!(), 0.4))
