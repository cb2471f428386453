import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pairwiseYesNoFormat } from '@prefkit/rubrics'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ScoringJudge } from '../judge'
import type { ChecklistJudge } from '../judging/checklist-judge'
import { functionJudge } from '../judging/function-judge'
import { generativeJudge } from '../judging/generative-judge'
import type { RankingJudge } from '../judging/listwise-judge'
import { openaiChatModel } from '../models/openai-chat-model'
import { startServer } from '../testing'
import { noUsage } from '../usage'
import type { BatchOptions } from './batch-options'
import { cachedModel } from './cached-model'
import { diskCache } from './disk-cache'
import { checkAll, judgeAll, rankAll, scoreAll } from './judge-all'
import type { BatchProgress } from './progress'
import { pairsToJudge } from './testing/pairs-to-judge'

let folder = ''
let journal = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-judge-all-'))
  journal = join(folder, 'journal.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

async function all<T>(judged: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const each of judged) list.push(each)
  return list
}

/** All that is on disk, as one text. */
async function everything(): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const isFile = files.filter((file) => file.isFile())
  return (await Promise.all(isFile.map((file) => readFile(join(file.parentPath, file.name), 'utf8')))).join(
    '\n',
  )
}

const key = 'sk-0123456789abcdefABCDEF'

test('judgements are those of the judge, and the item reaches it without its id', async () => {
  const shown: object[] = []
  const judge = functionJudge(
    (pair) => {
      shown.push(pair)
      return pair.a.length < pair.b.length ? 1 : 0
    },
    { name: 'shorter', identity: { rule: 'shorter' } } as never,
  )
  const judged = await all(judgeAll(judge, pairsToJudge(3), { journal }))
  expect(judged.map(({ id, judgement }) => [id, judgement?.verdict])).toEqual([
    ['pair-0', 'a'],
    ['pair-1', 'a'],
    ['pair-2', 'a'],
  ])
  expect(shown[0]).toEqual({ prompt: 'What is 0 + 0?', a: 'It is 0.', b: 'I think that 0 + 0 might be 1.' })
})

test('scores are journalled apart from comparisons', async () => {
  const judge = {
    name: 'length',
    identity: { rule: 'length' },
    score: async ({ response }) => ({
      score: response.length,
      readings: [],
      provenance: 'scores',
      usage: noUsage,
    }),
    compare: async () => ({ verdict: 'tie', provenance: 'scores', readings: [], usage: noUsage }),
  } satisfies ScoringJudge as ScoringJudge
  const responses = [{ id: 'x', prompt: 'p', response: 'abc' }]
  expect(await all(scoreAll(judge, responses, { journal }))).toMatchObject([
    { id: 'x', judgement: { score: 3 } },
  ])
  await expect(all(judgeAll(judge, pairsToJudge(1), { journal }))).rejects.toMatchObject({
    code: 'JOURNAL_MISMATCH',
  })
})

test('no key reaches the disk, whether the server takes it or echoes it in a refusal', async () => {
  await using server = await startServer(() => 'Yes', { key })
  const judgeWith = (apiKey: string) => {
    const model = openaiChatModel({ baseUrl: server.url, model: 'test-model', apiKey })
    return generativeJudge(cachedModel(model, diskCache(join(folder, 'cache'))), pairwiseYesNoFormat())
  }
  const options: BatchOptions = { journal, onError: 'collect' }
  const wrong = `${key}-wrong`
  const refused = await all(judgeAll(judgeWith(wrong), pairsToJudge(2), options))
  expect(refused.map(({ error }) => error?.code)).toEqual(['SERVER_STATUS', 'SERVER_STATUS'])
  expect(server.requests.some(({ headers }) => headers.authorization === `Bearer ${wrong}`)).toBe(true)
  const answered = await all(judgeAll(judgeWith(key), pairsToJudge(2), { ...options, retryFailed: true }))
  expect(answered.map(({ judgement }) => judgement?.usage.calls)).toEqual([2, 2])
  const written = await everything()
  expect(written).toContain('SERVER_STATUS')
  expect(written).not.toContain(key)
})

test('what the cache answers costs nothing and counts as cached', async () => {
  await using server = await startServer(() => 'Yes')
  const prices = { prompt: 1, completion: 1 }
  const model = openaiChatModel({ baseUrl: server.url, model: 'test-model', prices })
  const judge = generativeJudge(cachedModel(model, diskCache(folder)), pairwiseYesNoFormat())
  const [first] = await all(judgeAll(judge, pairsToJudge(4)))
  expect(first?.judgement?.usage.cost).toBeGreaterThan(0)
  const seen: BatchProgress[] = []
  await all(judgeAll(judge, pairsToJudge(4), { onProgress: (progress) => seen.push(progress) }))
  expect(seen.at(-1)).toMatchObject({ done: 4, cached: 4, usage: { calls: 0, cachedCalls: 8, cost: 0 } })
  expect(server.requests).toHaveLength(8)
})

test('an option that is none is refused in the name of the function that was called', () => {
  const judge = functionJudge(() => 'a', { name: 'a' })
  expect(() => judgeAll(judge, [], { jurnal: journal } as never)).toThrow('judgeAll: no option jurnal')
  const scoring = { ...judge, score: async () => ({}) as never }
  expect(() => scoreAll(scoring, [], { jurnal: journal } as never)).toThrow('scoreAll: no option jurnal')
})

test('lists are ranked and questions answered, once each, by what is shown without its id', async () => {
  const shown: object[] = []
  const of = <Item extends object>(item: Item): Item => {
    shown.push(item)
    return item
  }
  const common = { name: 'longest', identity: { rule: 'longest' } }
  const answer = { readings: [], provenance: 'scores', usage: noUsage } as const
  const ranker: RankingJudge = {
    ...common,
    compare: async () => ({ ...answer, verdict: 'tie' }),
    rank: async (list) => {
      const lengths = of(list).responses.map(({ length }) => length)
      const ranking = [...lengths.keys()].sort((i, j) => lengths[j]! - lengths[i]!)
      return { ...answer, ranking }
    },
  }
  const checker: ChecklistJudge = {
    ...common,
    check: async (item) => ({
      ...answer,
      satisfied: of(item).questions.map((question) => Number(item.response.includes(question))),
    }),
  }
  const list = { prompt: 'p', responses: ['b', 'ccc', 'aa'] }
  const asked = { prompt: 'p', response: 'a poem', questions: ['poem', 'prose'] }
  const ranked = () => all(rankAll(ranker, [{ id: 'x', ...list }], { journal }))
  expect(await ranked()).toEqual([{ id: 'x', judgement: { ...answer, ranking: [1, 2, 0] } }])
  const checked = await all(checkAll(checker, [{ id: 'y', ...asked }], { journal: `${journal}-checks` }))
  expect(checked).toEqual([{ id: 'y', judgement: { ...answer, satisfied: [1, 0] } }])
  expect(shown).toEqual([list, asked])
  expect(await ranked()).toMatchObject([{ judgement: { ranking: [1, 2, 0] } }])
  expect(shown).toHaveLength(2)
  const comparing = all(judgeAll(ranker, [{ id: 'x', prompt: 'p', a: 'b', b: 'ccc' }], { journal }))
  await expect(comparing).rejects.toMatchObject({ code: 'JOURNAL_MISMATCH' })
})

test('that a list or a checklist cannot be judged is told as of a pair', async () => {
  const fail = () => Promise.reject(new Error('no'))
  const judge = { name: 'none', identity: {}, compare: fail, rank: fail, check: fail }
  const options: BatchOptions = { onError: 'collect' }
  const list = { id: 'x', prompt: 'p', responses: ['a', 'b'] }
  expect(await all(rankAll(judge, [list], options))).toMatchObject([{ id: 'x', error: { message: 'no' } }])
  const item = { id: 'y', prompt: 'p', response: 'a', questions: ['q'] }
  expect(await all(checkAll(judge, [item], options))).toMatchObject([{ id: 'y', error: { message: 'no' } }])
  expect(() => rankAll(judge, [], { jurnal: 'x' } as never)).toThrow('rankAll: no option jurnal')
  expect(() => checkAll(judge, [], { jurnal: 'x' } as never)).toThrow('checkAll: no option jurnal')
})
