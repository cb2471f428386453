import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadLanguageModel } from '@prefkit/lm/files'
import { beforeEach, expect, it } from 'vitest'
import { storiesPath } from '../../../lm/testing/stories'
import { readLines } from '../../../runs/json-lines'
import type { LoopResponse } from '../../prompts/prompt'
import { writeAnchors } from '../data/anchor-file'
import { writeComparisonFiles } from '../data/comparison-file'
import type { DrawnResponse } from '../data/response-file'
import type { StageResult } from '../driver/stage'
import { makeStage, storyConfig } from '../testing/make-stage'

let folder = ''
const stageAt = (name: string): string => join(folder, 'stages', name)
const rows = Array.from({ length: 10 }, (_, i) => ({ prompt: `Tom had dog ${i}.` }))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-distilled-'))
  await writeFile(join(folder, 'prompts.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  await writeFile(join(folder, 'tests.jsonl'), '{"prompt":"Lily ran."}\n')
  return () => rm(folder, { recursive: true })
})

const config = (rewardModel: object) =>
  storyConfig({
    prompts: { files: join(folder, 'prompts.jsonl'), heldOutFiles: join(folder, 'tests.jsonl') },
    sampling: { maxNewTokens: 6 },
    comparisons: { source: 'human', files: 'there-already.jsonl' },
    rewardModel: { epochs: 1, batchSize: 16, ...rewardModel },
    anchors: { n: 1 },
    policy: {
      ...{ algorithm: 'ppo', value: 'distilled', steps: 10, promptsPerStep: 1 },
      rewards: [{ type: 'winProbability' }],
    },
  })

/** A reward model, and an anchor for each prompt, as the stages before have left them. */
async function before(settings: ReturnType<typeof config>): Promise<Pick<StageResult, 'stage'>[]> {
  const { tokenizer } = await loadLanguageModel(storiesPath)
  const encode = (text: string): number[] => Array.from(tokenizer!.encode(text, { addSpecialTokens: false }))
  const response = (text: string): LoopResponse => ({ text, tokens: encode(text) })
  const [chosen, rejected] = [response(' It was big.'), response(' It ran.')]
  const prompt = { id: 'a', text: 'Ben had a dog.', tokens: encode('Ben had a dog.') }
  for (const name of ['comparisons', 'anchors']) await mkdir(stageAt(name), { recursive: true })
  await writeComparisonFiles(stageAt('comparisons'), { train: [{ prompt, chosen, rejected }], heldOut: [] })
  await makeStage(settings, 'reward_model', folder, [{ stage: 'comparisons' }])
  const asked = [
    ...rows.map(({ prompt: text }, i) => ({ id: `${i + 1}`, text })),
    { id: 'held-out-1', text: 'Lily ran.' },
  ]
  await writeAnchors(
    stageAt('anchors'),
    asked.map((own) => ({ ...own, tokens: [], anchors: [rejected] })),
  )
  return [{ stage: 'reward_model' }, { stage: 'anchors' }]
}

it('draws in steps what the scores are learnt from, those of prompts to evaluate on apart', async () => {
  const settings = config({ kind: 'pairwise', template: 'compact' })
  const results = await before(settings)
  const drawn = await makeStage(settings, 'distilled_responses', folder, results)
  expect(drawn.steps.map(({ step, totalSteps }) => [step, totalSteps])).toEqual([
    [1, 2],
    [2, 2],
  ])
  expect(drawn.summary).toEqual({ prompts: 11, responses: 44 })
  const written = await readLines<DrawnResponse>(join(drawn.path, 'responses.jsonl'))
  expect(new Set(written.map(({ text }) => text)).size).toBeGreaterThan(22)

  const all = [...results, { stage: 'distilled_responses' }]
  const learnt = await makeStage(settings, 'distilled_scores', folder, all)
  expect(learnt.summary).toMatchObject({ kind: 'distilled', pairs: 40 })
  expect(learnt.steps).toHaveLength(3)
  const { loss, eval_loss: evaluated } = learnt.steps.at(-1)!.metrics
  expect(loss).toBeGreaterThan(0)
  expect(evaluated).toBeGreaterThan(0)
})

it('has nothing to draw where the reward model scores responses itself', async () => {
  const settings = config({ kind: 'scalar' })
  const results = await before(settings)
  for (const name of ['distilled_responses', 'distilled_scores']) {
    const { summary, steps } = await makeStage(settings, name, folder, results)
    expect([summary, steps]).toEqual([{ kind: 'own' }, []])
  }
})
