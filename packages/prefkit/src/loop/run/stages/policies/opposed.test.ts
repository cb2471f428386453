import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeStage, storyConfig } from '../../testing/make-stage'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-opposed-'))
  const names = ['Tom', 'Lily', 'Ben', 'Sue', 'Sam', 'Ann']
  await writeFile(
    join(folder, 'prompts.jsonl'),
    names.map((name) => `${JSON.stringify({ prompt: `${name} had a dog.` })}\n`).join(''),
  )
})
afterAll(() => rm(folder, { recursive: true }))

const settings = (policy: object) =>
  storyConfig({
    prompts: { files: join(folder, 'prompts.jsonl'), heldOut: 0 },
    sampling: { maxNewTokens: 12 },
    policy: {
      ...{ steps: 3, promptsPerStep: 4, learningRate: 1e-3 },
      rewards: [{ type: 'lexicon', plus: ['the', 'was', 'a'] }],
      ...policy,
    },
  })

it.each([
  ['xpo', { alpha: 0.01, lossType: 'ipo' }, ['loss/xpo', 'objective/model_scores', 'objective/kl']],
  ['nash-md', { mixture: 0.25, convention: 'trl' }, ['loss/kl', 'rewards/chosen', 'rewards/probabilities']],
] as const)('learns by %s as settings say', async (algorithm, own, logged) => {
  const { summary, steps } = await makeStage(settings({ algorithm, ...own }), 'policy', folder)
  expect(summary).toMatchObject({ algorithm, prompts: 6 })
  expect(steps).toHaveLength(3)
  for (const name of logged) expect(Number.isFinite(steps.at(-1)!.metrics[name]), name).toBe(true)
})
