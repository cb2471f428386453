import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storyPolicy } from '../../../testing/story-policy'
import { type Asked, adapterRoutes, completionsOf, Refusal, testServer } from '../../../testing/test-server'
import { makeStage, storyConfig } from '../../testing/make-stage'

let folder = ''
const closers: (() => unknown)[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-making-'))
})
afterAll(async () => {
  for (const close of closers.splice(0)) await close()
  await rm(folder, { recursive: true })
})

/** A server that draws what the model does, with adapters by their names, and a run of it. */
async function served(adapters: (asked: Asked) => unknown) {
  const { policy } = await storyPolicy()
  const completions = completionsOf(policy)
  const server = await testServer((asked) =>
    asked.path === '/v1/completions' ? completions(asked) : adapters(asked),
  )
  closers.push(server.close, () => policy.release())
  const config = storyConfig({
    model: { lora: { rank: 2 } },
    prompts: { files: new URL('../../../../../data/stories260k/prompts.jsonl', import.meta.url).pathname },
    sampling: { maxNewTokens: 4 },
    policy: {
      ...{ algorithm: 'grpo', steps: 2, promptsPerStep: 1, samplesPerPrompt: 2 },
      rewards: [{ type: 'lexicon', plus: ['she', 'he', 'the'] }],
      rollouts: { baseUrl: server.baseUrl, model: 'stories', refresh: true },
    },
  })
  return { ...server, config }
}

it('leaves a server without adapters, and the folder too', async () => {
  const adapters = adapterRoutes()
  const { config, requests } = await served(adapters.answer)
  const { path, warnings } = await makeStage(config, 'policy', join(folder, 'clean'))
  expect(requests.filter(({ path: asked }) => asked === '/v1/load_lora_adapter')).toHaveLength(2)
  expect(adapters.loaded.size).toBe(0)
  expect(await readdir(join(path, 'adapters'))).toEqual([])
  expect(warnings.filter((warning) => warning.includes('rollouts'))).toEqual([])
})

it('runs twice with one seed on a server that keeps an adapter, and says that it does', async () => {
  const adapters = adapterRoutes()
  const isLast = ({ path, body }: Asked) => path.includes('unload') && String(body.lora_name).endsWith('-1')
  const { config } = await served((asked) => {
    if (isLast(asked)) throw new Refusal(400, 'busy')
    return adapters.answer(asked)
  })
  for (const [i, own] of ['one', 'two'].entries()) {
    const { steps, warnings } = await makeStage(config, 'policy', join(folder, own))
    expect(steps).toHaveLength(2)
    expect(warnings).toContainEqual(
      expect.stringMatching(/^policy\.rollouts: http:.+ may still have this run's adapter: .*busy/),
    )
    expect(adapters.loaded.size).toBe(i + 1)
  }
})
