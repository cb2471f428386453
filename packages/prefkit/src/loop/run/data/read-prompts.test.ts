import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promptText } from '@prefkit/datasets'
import { chatTemplate } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { beforeEach, expect, it } from 'vitest'
import { requireEncoding } from '../../../lm/encode-prompt'
import { storiesPath, storiesTemplate } from '../../../lm/testing/stories'
import { storyConfig } from '../testing/make-stage'
import { readPrompts } from './read-prompts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-prompts-'))
  return () => rm(folder, { recursive: true })
})

const write = async (name: string, texts: readonly string[]): Promise<string> => {
  await writeFile(join(folder, name), texts.map((prompt) => `${JSON.stringify({ prompt })}\n`).join(''))
  return join(folder, name)
}

const model = await loadLanguageModel(storiesPath)
const reader = { encoding: requireEncoding(model), model: model.config }
const read = (prompts: object, sampling: object = {}) =>
  readPrompts(storyConfig({ sft: { files: 'rows' }, prompts, sampling }), reader)

const several = Array.from({ length: 6 }, (_, i) => `Tom had dog ${i}.`)

it('says that responses may be longer than the context, and blames no prompt', async () => {
  const files = await write('prompts.jsonl', several)
  const problem = "sampling.maxNewTokens: is too large for the model's context of 512 tokens"
  await expect(read({ files }, { maxNewTokens: 512 })).rejects.toThrow(problem)
  await expect(read({ files }, { maxNewTokens: 600 })).rejects.toThrow(/expected less than 512, got 600/)
  await expect(read({ files, heldOut: 0 }, { maxNewTokens: 490 })).resolves.toMatchObject({ tooLong: 0 })
})

it('says where all prompts went, and what to do', async () => {
  const files = await write('prompts.jsonl', several)
  await expect(read({ files, heldOut: 0.999 })).rejects.toThrow(
    'prompts: expected some to learn on, got none of 6: 6 are held out to evaluate on (prompts.heldOut is 0.999: lower it',
  )
  const same = await write('same.jsonl', ['Tom ran.', 'Tom ran.'])
  await expect(read({ files: same, heldOut: 0.999 })).rejects.toThrow(
    /2 are held out to evaluate on \(they are all the same text, which is held out as one: give other prompts/,
  )
  await expect(read({ files, heldOutFiles: files })).rejects.toThrow(
    /6 are held out to evaluate on \(they are in prompts.heldOutFiles too/,
  )
  await expect(read({ files, maxTokens: 2 })).rejects.toThrow(
    'got none of 6: 6 have more than 2 tokens (raise prompts.maxTokens)',
  )
  await expect(read({ files }, { maxNewTokens: 510 })).rejects.toThrow(
    /6 have more than 2 tokens \(the context has 2 beside sampling.maxNewTokens 510: lower that\)/,
  )
})

const asUser = (content: string) => [{ role: 'user', content }]

it('learns from no prompt of which the model reads what it reads of one that is held out', async () => {
  const encoding = {
    ...reader.encoding,
    chatTemplate: chatTemplate(storiesTemplate, reader.encoding.tokenizer.specialTokens),
  }
  const path = join(folder, 'conversations.jsonl')
  // Once as messages, and once as the template writes them.
  const bothWays = (text: string): object[] => [
    { messages: asUser(text) },
    { prompt: `user: ${text}\nassistant:` },
  ]
  const rowsOf = (texts: readonly string[]): string =>
    texts
      .flatMap(bothWays)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('')
  await writeFile(path, rowsOf(Array.from({ length: 12 }, (_, i) => `Tom had dog ${i}.`)))
  const config = storyConfig({ sft: { files: 'rows' }, prompts: { files: path, heldOut: 0.2 } })
  const { train, heldOut, alsoHeldOut } = await readPrompts(config, { ...reader, encoding })
  const read = ({ tokens }: { readonly tokens: readonly number[] }) => tokens.join(' ')
  const tested = new Set(heldOut.map(read))
  expect(tested.size).toBeGreaterThan(0)
  expect(train.filter((prompt) => tested.has(read(prompt)))).toEqual([])
  expect(alsoHeldOut).toBeGreaterThan(0)
  expect(train.length + heldOut.length + alsoHeldOut).toBe(24)

  await writeFile(path, rowsOf(['Tom ran.']))
  const half = storyConfig({ sft: { files: 'rows' }, seed: 3, prompts: { files: path, heldOut: 0.5 } })
  await expect(readPrompts(half, { ...reader, encoding })).rejects.toThrow(
    /1 are held out to evaluate on \(the model reads the same tokens in held-out ones: give other prompts/,
  )
})

it('writes a conversation as data sets of comparisons do', async () => {
  const encoding = {
    ...reader.encoding,
    chatTemplate: chatTemplate(storiesTemplate, reader.encoding.tokenizer.specialTokens),
  }
  const path = join(folder, 'conversations.jsonl')
  const turns = [...asUser('hi'), { role: 'assistant', content: 'Hello.' }, ...asUser('Bye')]
  await writeFile(path, [asUser('hi'), turns].map((prompt) => `${JSON.stringify({ prompt })}\n`).join(''))
  const config = storyConfig({ sft: { files: 'rows' }, prompts: { files: path, heldOut: 0 } })
  const { train } = await readPrompts(config, { ...reader, encoding })
  expect(train.map(({ text }) => text)).toEqual(['hi', turns].map((prompt) => promptText({ prompt })))
})
