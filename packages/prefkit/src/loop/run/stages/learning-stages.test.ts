import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadLanguageModel } from '@prefkit/lm/files'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storiesPath } from '../../../lm/testing/stories'
import type { PreferencePair } from '../../prompts/preference-pair'
import { writeComparisonFiles } from '../data/comparison-file'
import { openRewardModel } from '../models/open-reward-model'
import { makeStage, storyConfig } from '../testing/make-stage'

let folder = ''
let encode: (text: string) => number[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-stages-'))
  const { tokenizer } = await loadLanguageModel(storiesPath)
  encode = (text) => Array.from(tokenizer!.encode(text))
})
afterAll(() => rm(folder, { recursive: true }))

const names = ['Tom', 'Lily', 'Ben', 'Sue']

const pairsOf = (good: string, bad: string, preference?: (i: number) => number): PreferencePair[] =>
  names.map((name, i) => {
    const text = `${name} had a dog.`
    const response = (said: string) => ({ text: said, tokens: encode(said).slice(1) })
    return {
      prompt: { id: name, text, tokens: encode(text) },
      ...{ chosen: response(good), rejected: response(bad) },
      ...(preference && { preference: preference(i) }),
    }
  })

/** Comparisons as the stage before has left them. */
async function compared(train: readonly PreferencePair[], heldOut: readonly PreferencePair[] = []) {
  const path = join(folder, 'stages', 'comparisons')
  await mkdir(path, { recursive: true })
  await writeComparisonFiles(path, { train, heldOut })
  return [{ stage: 'comparisons' }]
}

const comparisons = { source: 'human', files: 'there-already.jsonl' }

it('learns from what a judge was not sure of by DPO, without prompts, and says so', async () => {
  const before = await compared(pairsOf(' It was big.', ' It ran.', (i) => [0.9, 0.6, 1, 0.8][i]!))
  const policy = { algorithm: 'preferences', batchSize: 2, minPreference: 0.7, learningRate: 1e-3 }
  const { summary, warnings, steps } = await makeStage(
    storyConfig({ comparisons, policy }),
    'policy',
    folder,
    before,
  )
  expect(summary).toMatchObject({ algorithm: 'preferences', pairs: 3, hardened: 2, unsure: 1, prompts: 0 })
  expect(warnings).toEqual([expect.stringMatching(/2 preferences are below 1.*dpoLoss.*1 below 0\.7/)])
  expect(steps.at(-1)!.metrics.loss).toBeLessThan(steps[0]!.metrics.loss!)
})

it('refuses to learn from no comparison in words', async () => {
  const before = await compared(pairsOf(' It was big.', ' It ran.', () => 0.6))
  const config = storyConfig({ comparisons, policy: { algorithm: 'preferences', minPreference: 0.7 } })
  await expect(makeStage(config, 'policy', folder, before)).rejects.toThrow(
    'policy: preferences learns from comparisons whose preference is at least 0.7: got none of the 4',
  )
})

it('asks a pairwise model about pairs of which both together are longer than its context', async () => {
  const long = ' She ran to the big red ball and was happy.'.repeat(20)
  const before = await compared([
    ...pairsOf(`${long} It was good.`, `${long} It was bad.`).slice(0, 3),
    ...pairsOf(' It was big.', ' It ran.').slice(3),
  ])
  expect(encode(long).length).toBeGreaterThan(256)
  const rewardModel = { kind: 'pairwise', template: 'compact', batchSize: 2 }
  const config = storyConfig({ comparisons, rewardModel })
  const { summary, steps } = await makeStage(config, 'reward_model', folder, before)
  expect(summary).toMatchObject({ kind: 'pairwise', pairs: 4, shortened: 3 })
  expect(steps.map(({ metrics }) => Number.isFinite(metrics.loss))).toEqual([true, true])
})

it('tells how good a reward model over embeddings is on what is held out', async () => {
  const [good, bad] = [' It was happy and good and fun.', ' It was sad and bad.']
  const before = await compared(pairsOf(good, bad), pairsOf(' A happy good day, fun.', ' A sad bad day.'))
  const rewardModel = { kind: 'embeddings', embedder: 'hashed-ngrams:64' }
  const config = storyConfig({ comparisons, rewardModel })
  const { summary, warnings } = await makeStage(config, 'reward_model', folder, before)
  expect(summary).toEqual({ kind: 'embeddings', pairs: 4, eval_accuracy: 1 })
  expect(warnings).toEqual([])
  const turned = await compared(pairsOf(good, bad), pairsOf(' A sad bad day.', ' A happy good day, fun.'))
  const told = (await makeStage(config, 'reward_model', folder, turned)).warnings
  expect(told).toEqual([expect.stringMatching(/^rewardModel: 0\.0 % of 4 held-out .* may be chance/)])
})

it('learns boosted trees over embeddings where they are asked for, which score as any reward model', async () => {
  const many = Array.from({ length: 10 }, (_, i) =>
    pairsOf(` It was happy and good and fun, ${i}.`, ` It was sad and bad, ${i}.`),
  ).flat()
  const before = await compared(many, pairsOf(' A happy good day, fun.', ' A sad bad day.'))
  const rewardModel = {
    ...{ kind: 'embeddings', embedder: 'hashed-ngrams:64', model: 'clf-trees' },
    options: { epochs: 5, trees: { min_data_in_leaf: 4 } },
  }
  const config = storyConfig({ comparisons, rewardModel })
  const { path, summary, steps } = await makeStage(config, 'reward_model', folder, before)
  expect(summary).toEqual({ kind: 'embeddings', pairs: 40, eval_accuracy: 1 })
  expect(steps.map(({ metrics }) => metrics.epoch)).toEqual([1, 2, 3, 4, 5])
  expect((await readdir(join(path, 'model'))).toSorted()).toEqual(['model.json', 'trees-0.txt'])
  const { pointwise, release } = await openRewardModel(config, path)
  const [good, bad] = [' It was happy and good.', ' It was sad and bad.'].map((text) => ({
    text,
    tokens: [],
  }))
  const prompt = { id: 'Tom', text: 'Tom had a dog.', tokens: [] }
  const [high, low] = await pointwise!.scores([good!, bad!].map((response) => ({ prompt, response })))
  expect(high).toBeGreaterThan(low!)
  await release()
})

it('stops before a policy learns from a judge none of whose judgements can be read', async () => {
  const before = await compared(pairsOf(' It was big.', ' It ran.'))
  const judge = { rubrics: 'none', steps: 1, pairsPerStep: 1, rollouts: 2, maxNewTokens: 4 }
  const policy = { algorithm: 'grpo', rewards: [{ type: 'trainedJudge' }] }
  const prompts = { files: 'there-already.jsonl' }
  const rewarded = makeStage(storyConfig({ comparisons, judge, prompts, policy }), 'judge', folder, before)
  await expect(rewarded).rejects.toThrow(/^judge: none of its judgements could be read .*judge\.sft$/)
  const alone = await makeStage(storyConfig({ comparisons, judge }), 'judge', folder, before)
  expect(alone.summary).toMatchObject({ kind: 'judge', readable: 0 })
  expect(alone.warnings).toEqual([expect.stringMatching(/^judge: none of its judgements could be read/)])
})
