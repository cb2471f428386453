import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { planRun } from './plan/plan-run'
import { runLoop } from './run-loop'
import { inSettings } from './setting-words'
import { storyConfig } from './testing/make-stage'

it('names settings, and leaves the options of commands that people are to run', () => {
  expect(inSettings('it has none; give one by --chat-template <file>')).toBe(
    'it has none; give one by model.chatTemplate <file>',
  )
  expect(inSettings('--annotator-model expression: expected --quality "<expression>"')).toBe(
    'annotator expression: expected quality "<expression>"',
  )
  const others = 'stopped; go on with: prefkit run --resume runs/--chat; a--chat, ---chat, --chatter'
  expect(inSettings(others)).toBe(others)
})

it('says of a run what is wrong with it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-words-'))
  const files = join(folder, 'prompts.jsonl')
  await writeFile(files, '{"prompt":"Tom ran."}\n{"prompt":"Ben ran."}\n')
  const settings = {
    model: { path: storiesPath, chat: true },
    prompts: { files, heldOut: 0 },
    policy: { algorithm: 'rloo', rewards: [{ type: 'lexicon', plus: ['a'] }] },
  } as const
  const problem = /it has no chat template.*model\.chatTemplate/
  await expect(planRun(storyConfig(settings))).rejects.toThrow(problem)
  // What zod takes as lists may be constant.
  const run = runLoop(
    structuredClone(settings) as unknown as Parameters<typeof runLoop>[0],
    join(folder, 'run'),
  )
  await expect(run).rejects.toMatchObject({
    code: 'NO_CHAT_TEMPLATE',
    message: expect.stringMatching(problem),
  })
  await rm(folder, { recursive: true })
})
