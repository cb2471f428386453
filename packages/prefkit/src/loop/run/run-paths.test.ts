import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { withoutLines } from './config/located-by'
import { parseRunConfig, type RunSettings } from './config/run-config'
import { writeNote } from './models/reward-model-note'
import { dataFiles, modelPaths, withRootedPaths } from './run-paths'

const parse = (settings: RunSettings) => parseRunConfig(settings, withoutLines(settings, ''))

/** Options in which every name is that of a path somewhere else. */
const options = {
  texts: ['yes', 'no'],
  path: 'relative',
  judge: 'local:x',
  files: 'a',
  module: 'm',
  model: 'n',
}

const settings = {
  model: { path: 'base', adapter: 'own', tokenizer: 'tok.json', chatTemplate: 'chat.jinja' },
  prompts: { files: 'prompts.jsonl', heldOutFiles: ['tests.jsonl'] },
  sft: { files: ['sft.jsonl'] },
  comparisons: { source: 'judged', judge: 'local:judge.gguf' },
  rewardModel: { kind: 'scalar', model: 'other', lossOptions: { path: 'relative' } },
  judge: { rubrics: 'primary', model: 'third', sft: { files: ['transcripts.jsonl'] } },
  policy: {
    algorithm: 'grpo',
    loss: { name: 'grpoLoss', options: {} },
    rollouts: { baseUrl: 'http://here/v1', model: 'served' },
    rewards: [
      { type: 'function', module: 'mine.mjs', options },
      { type: 'rubric', judge: 'openai:gpt', rubrics: 'rubrics.json' },
      { type: 'trainedJudge', path: 'saved' },
      {
        type: 'length',
        shape: 'cosine',
        options: { correct: { type: 'function', module: 'right.mjs', options } },
      },
    ],
  },
  evaluation: { golden: { type: 'judge', judge: 'reward-model:golden' } },
} as const satisfies object

it('makes paths absolute, and leaves alone what is handed on to functions, whatever it is called', () => {
  // What zod takes as lists may be constant.
  const config = parse(structuredClone(settings) as unknown as RunSettings)
  const rooted = withRootedPaths(config)
  expect(rooted.model).toMatchObject({
    ...{ path: resolve('base'), adapter: resolve('own') },
    ...{ tokenizer: resolve('tok.json'), chatTemplate: resolve('chat.jinja') },
  })
  expect(rooted.comparisons).toMatchObject({ judge: `local:${resolve('judge.gguf')}` })
  expect(rooted.rewardModel).toMatchObject({ model: resolve('other'), lossOptions: { path: 'relative' } })
  expect(rooted.judge).toMatchObject({ rubrics: 'primary', sft: { files: [resolve('transcripts.jsonl')] } })
  expect(rooted.evaluation.golden).toMatchObject({ judge: `reward-model:${resolve('golden')}` })
  const { policy } = rooted
  expect(policy).toMatchObject({
    rollouts: { model: 'served' },
    rewards: [
      { module: resolve('mine.mjs'), options },
      { judge: 'openai:gpt', rubrics: resolve('rubrics.json') },
      { path: resolve('saved') },
      { options: { correct: { module: resolve('right.mjs'), options } } },
    ],
  })
  expect(withRootedPaths(rooted)).toEqual(rooted)
})

it('names all that a run depends on, so that it is not resumed with others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-paths-'))
  await mkdir(join(folder, 'model'))
  const { rewards } = settings.policy
  const own = {
    ...settings,
    policy: {
      ...settings.policy,
      rewards: [...rewards, { type: 'trainedJudge', path: folder, name: 'two' }],
    },
  }
  // As above.
  const config = parse(structuredClone(own) as unknown as RunSettings)
  expect(dataFiles(config).toSorted()).toEqual(
    [
      ...['chat.jinja', 'tok.json', 'prompts.jsonl', 'tests.jsonl', 'sft.jsonl', 'transcripts.jsonl'],
      ...['mine.mjs', 'right.mjs', 'rubrics.json'],
    ].toSorted(),
  )
  const models = ['base', 'own', 'other', 'third', 'judge.gguf', folder, join(folder, 'model')]
  expect(modelPaths(config).toSorted()).toEqual(models.toSorted())
  await rm(folder, { recursive: true })
})

it('names the model that a saved reward model is an adapter of, and the adapter within a run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-paths-'))
  const [saved, base, own] = ['saved', 'base', 'own'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [join(saved, 'model'), base, join(own, 'model')]) await mkdir(path, { recursive: true })
  await writeFile(join(own, 'model', 'adapter_config.json'), '{}')
  await writeNote(saved, { kind: 'scalar', base, lora: null })
  const config = parse({
    model: { path: 'start', adapter: own },
    prompts: { files: 'prompts.jsonl' },
    rewardModel: { kind: 'saved', path: saved },
    policy: { algorithm: 'grpo', rewards: [{ type: 'score' }] },
  })
  const models = ['start', join(own, 'model'), saved, join(saved, 'model'), base]
  expect(modelPaths(config).toSorted()).toEqual(models.toSorted())
  await rm(folder, { recursive: true })
})
