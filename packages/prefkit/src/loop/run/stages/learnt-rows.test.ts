import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadLanguageModel } from '@prefkit/lm/files'
import { beforeEach, expect, it } from 'vitest'
import { storiesPath, storiesTemplate } from '../../../lm/testing/stories'
import { writeComparisonFiles } from '../data/comparison-file'
import { makeStage, storyConfig } from '../testing/make-stage'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-learnt-'))
  return () => rm(folder, { recursive: true })
})

async function write(name: string, rows: readonly object[]): Promise<string> {
  await writeFile(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return join(folder, name)
}

const asks = (content: string) => ({ role: 'user', content })
const says = (content: string) => ({ role: 'assistant', content })

/** Prompts of which the last is held out. */
const prompts = async () => ({
  files: await write('prompts.jsonl', [{ prompt: 'Tom had a dog.' }]),
  heldOutFiles: await write('tests.jsonl', [{ prompt: 'Ben ran home.' }]),
})

it('fine-tunes on no row of a prompt that is evaluated on, however it is written, and says how many', async () => {
  await writeFile(join(folder, 'chat.jinja'), storiesTemplate)
  const rows = [
    { prompt: 'Tom had a dog.', completion: ' It ran.' },
    { text: 'Tom had a cat. It ran.' },
    { messages: [asks('Tom?'), says('Yes.')] },
    { prompt: 'Ben ran home.', completion: ' It ran.' },
    { text: 'Ben ran home. It ran.' },
    { messages: [asks('Ben ran home.'), says('Yes.'), asks('Why?'), says('It ran.')] },
    // As the template writes it.
    { prompt: 'user: Ben ran home.\nassistant:', completion: ' Yes.' },
  ]
  const sft = { files: await write('rows.jsonl', rows), epochs: 1, batchSize: 8 }
  const held = [{ prompt: 'Ben ran home.' }, { messages: [asks('Ben ran home.')] }]
  const model = { chatTemplate: join(folder, 'chat.jinja') }
  const own = { ...(await prompts()), heldOutFiles: await write('tests.jsonl', held) }
  const { summary, warnings } = await makeStage(storyConfig({ model, prompts: own, sft }), 'sft', folder)
  expect(summary).toMatchObject({ rows: 3, alsoHeldOut: 4 })
  expect(warnings).toEqual([
    'sft.files: 4 of 7 rows are of prompts that are held out to evaluate on, and are left out',
  ])
})

it('refuses a file of which nothing is left to learn from', async () => {
  const learnt = await write('rows.jsonl', [{ text: 'Tom ran.' }])
  const tests = await write('all.jsonl', [{ text: 'Ben ran home. It ran.' }])
  const config = storyConfig({ prompts: await prompts(), sft: { files: [learnt, tests] } })
  await expect(makeStage(config, 'sft', folder)).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
    message: `sft.files: ${tests}: expected rows to learn from, got none: all 1 are of prompts that are held out to evaluate on; leave this file out, or hold out other prompts`,
  })
})

it('teaches a judge nothing of prompts that it or the policy is evaluated on', async () => {
  const { tokenizer } = await loadLanguageModel(storiesPath)
  const tokensOf = (text: string): number[] => Array.from(tokenizer!.encode(text))
  const response = (text: string) => ({ text, tokens: tokensOf(text) })
  const compared = (text: string) => ({
    prompt: { id: text, text, tokens: tokensOf(text) },
    ...{ chosen: response(' Yes.'), rejected: response(' No.') },
  })
  const parts = { train: [compared('Tom had a dog.')], heldOut: [compared('Sue sat.')] }
  await writeComparisonFiles(folder, parts)
  const transcript = (prompt: string) => ({
    ...{ prompt, chosen: 'Yes.', rejected: 'No.' },
    ...{ chosen_judgement: '<answer>9</answer>', rejected_judgement: '<answer>1</answer>' },
  })
  const files = [
    await write(
      'transcripts.jsonl',
      ['Tom had a dog.', 'Ben ran home.', 'Sue sat.', 'Max sat.'].map(transcript),
    ),
  ]
  const settings = {
    prompts: await prompts(),
    comparisons: { source: 'human', files: 'there-already.jsonl' },
    judge: { sft: { files, margin: 0 } },
  }
  const before = [{ stage: 'comparisons', path: folder }]
  const { summary, warnings } = await makeStage(storyConfig(settings), 'judge_sft', folder, before)
  expect(summary).toMatchObject({ rows: 4, alsoHeldOut: 2 })
  expect(warnings).toEqual([expect.stringContaining('judge.sft.files: 2 of 4 rows are of prompts')])
})
