import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { readLines } from '../../runs/json-lines'
import type { RunSettings } from './config/run-config'
import { readComparisonFiles } from './data/comparison-file'
import { runLoop } from './run-loop'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-streams-'))
  await writeFile(join(folder, 'prompts.jsonl'), '{"prompt":"Once upon a time, Tom"}\n')
  await writeFile(join(folder, 'tests.jsonl'), '{"prompt":"Lily had a"}\n')
  return () => rm(folder, { recursive: true })
})

const golden = { type: 'lexicon' as const, plus: ['the', 'a', 'and', 'was'], minus: ['to', 'she'] }

/** Stages that each draw from the same model, of which nothing learns, for the same prompt. */
const settings = (): RunSettings => ({
  model: { path: storiesPath },
  prompts: { files: join(folder, 'prompts.jsonl'), heldOutFiles: join(folder, 'tests.jsonl') },
  sampling: { maxNewTokens: 12 },
  comparisons: { source: 'simulated', pairs: 8, golden, heldOut: 0 },
  rewardModel: { kind: 'embeddings', embedder: 'hashed-ngrams:64' },
  anchors: { n: 1 },
  policy: {
    ...{ algorithm: 'grpo', steps: 1, promptsPerStep: 1, samplesPerPrompt: 4, learningRate: 1e-12 },
    rewards: [golden],
  },
  evaluation: { everySteps: 1, samplesPerPrompt: 2 },
  samplesEverySteps: 1,
})

interface Sample {
  readonly stage: string
  readonly prompt: string
  readonly response: string
}

it('gives each stage random numbers of its own, and every evaluation the same', async () => {
  const { run, results } = await runLoop(settings(), join(folder, 'run'))
  const samples = await readLines<Sample>(join(run.path, 'samples.jsonl'))
  const of = (stage: string, prompt: RegExp) =>
    samples.filter((row) => row.stage === stage && prompt.test(row.prompt)).map(({ response }) => response)
  const { train } = await readComparisonFiles(results[0]!.path)
  const drawn = [
    train.flatMap(({ chosen, rejected }) => [chosen.text, rejected.text]),
    of('anchors', /Tom/),
    of('policy', /Tom/),
  ]
  expect(drawn.map((texts) => texts.length > 0)).toEqual([true, true, true])
  const different = drawn.map((texts) => new Set(texts))
  const together = new Set(drawn.flat())
  expect(together.size).toBe(different.reduce((sum, { size }) => sum + size, 0))

  const evaluated = [...of('policy', /Lily/), ...of('evaluation', /Lily/)]
  expect(evaluated.length).toBe(6)
  expect(new Set(evaluated.slice(0, 2))).toEqual(new Set(evaluated))
})
