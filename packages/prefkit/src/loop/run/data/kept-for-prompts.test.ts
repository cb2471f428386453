import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import type { LoopPrompt } from '../../prompts/prompt'
import { withAnchors, writeAnchors } from './anchor-file'
import { readResponses, writeResponses } from './response-file'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-kept-'))
  return () => rm(folder, { recursive: true })
})

const response = { text: ' ran.', tokens: [7] }

/** Without ids of their own, rows have their numbers. */
const promptsOf = (...texts: readonly string[]): LoopPrompt[] =>
  texts.map((text, i) => ({ id: `${i + 1}`, text, tokens: [i] }))

const asked = promptsOf('Tom', 'Lily')
/** A row was added on top. */
const moved = promptsOf('Ben', 'Tom', 'Lily')
const refusal = (file: string, what: string) => ({
  code: 'RUN_CHANGED',
  message: `${join(folder, file)}: ${what} of prompt 1 were made for "Tom", and the prompt of this id is now "Ben": put the files of prompts back as they were, or begin a new run with those that you want`,
})

it('gives no prompt the anchors of another that had its id', async () => {
  await writeAnchors(
    folder,
    asked.map((prompt) => ({ ...prompt, anchors: [response] })),
  )
  const result = { stage: 'anchors', path: folder, steps: 0, seconds: 0, parts: {}, summary: {} }
  const results = new Map([['anchors', result]])
  const found = await withAnchors(promptsOf('Tom', 'Lily', 'Sue'), results)
  expect(found.map(({ anchors }) => anchors)).toEqual([[response], [response], undefined])
  await expect(withAnchors(moved, results)).rejects.toMatchObject(refusal('anchors.jsonl', 'anchors'))
})

it('takes no response for one to another prompt that has the id now', async () => {
  await writeResponses(
    folder,
    asked.map(({ id, text }) => ({ promptId: id, prompt: text, ...response })),
  )
  expect(await readResponses(folder, asked)).toEqual(asked.map((prompt) => ({ prompt, ...response })))
  await expect(readResponses(folder, moved)).rejects.toMatchObject(refusal('responses.jsonl', 'responses'))
})
