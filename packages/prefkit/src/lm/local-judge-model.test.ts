import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localChatModel, localLogprobs } from '@prefkit/judges'
import { type LoadedLanguageModel, nextTokenLogProbs, promptTokens } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { localJudgeModel, openJudgeModel } from './local-judge-model'
import { saveStoriesChat, storiesPath } from './testing/stories'

let folder = ''
let loaded: LoadedLanguageModel
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-local-'))
  loaded = await loadLanguageModel(await saveStoriesChat(join(folder, 'stories')))
})
afterAll(async () => {
  await loaded.release()
  await rm(folder, { recursive: true })
})

const messages = [{ role: 'user', content: 'A or B?' }] as const

it('tells exact probabilities of the tokens that spell answers', async () => {
  const provider = localLogprobs(localJudgeModel(loaded, 'stories'))
  const answers = { a: ['A', ' A'], b: ['B'] }
  const { logprobs, provenance } = await provider.nextToken({ messages, answers })
  expect(provenance).toBe('exact')
  const [all] = await nextTokenLogProbs(loaded, [promptTokens(loaded, [...messages])])
  const { tokenizer } = loaded
  const logprobOf = (token: string): number => all![tokenizer!.tokenToId(token)!]!
  // f32 log-probabilities, added up as f64 on both sides.
  expect(logprobs.b).toBeCloseTo(logprobOf('B'), 12)
  const spelt = ['A', '▁A'].filter((token) => tokenizer!.tokenToId(token) !== undefined)
  const total = spelt.reduce((sum, token) => sum + Math.exp(logprobOf(token)), 0)
  expect(logprobs.a).toBeCloseTo(Math.log(total), 12)
})

it('spells texts as they are in the middle of a text', () => {
  const { tokenize } = localJudgeModel(loaded)
  const { tokenizer } = loaded
  expect(tokenize('B')).toEqual([tokenizer!.tokenToId('B')])
  expect(tokenize(' the')).toEqual([tokenizer!.tokenToId('▁the')])
})

it('writes answers of so many tokens, several at once', async () => {
  const model = localChatModel(localJudgeModel(loaded, 'stories'))
  const ask = (seed: number) => model.complete({ messages, temperature: 1, maxTokens: 5, seed })
  const [first, second, again] = await Promise.all([ask(1), ask(2), ask(1)])
  expect(first).toMatchObject({
    finishReason: 'length',
    usage: { calls: 1, completionTokens: 5, promptTokens: promptTokens(loaded, [...messages]).length },
  })
  expect(again).toEqual(first)
  expect(second.text).not.toBe(first.text)
})

it('goes on after an answer that was stopped', async () => {
  const model = localChatModel(localJudgeModel(loaded, 'stories'))
  const stopped = AbortSignal.abort(new Error('enough'))
  await expect(model.complete({ messages, maxTokens: 5 }, { signal: stopped })).rejects.toThrow()
  expect((await model.complete({ messages, maxTokens: 5 })).text).not.toBe('')
})

it('is named by its content, and needs a chat template', async () => {
  const opened = await openJudgeModel(join(folder, 'stories'))
  expect(opened.name).toMatch(/^stories@[0-9a-f]{12}$/)
  await opened.release()
  await expect(openJudgeModel(storiesPath)).rejects.toMatchObject({ code: 'NO_CHAT_TEMPLATE' })
})
