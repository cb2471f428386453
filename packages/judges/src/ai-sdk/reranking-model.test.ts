import type { RerankingModelV4 } from '@ai-sdk/provider'
import { rerank } from 'ai'
import { describe, expect, it } from 'vitest'
import { lengthJudge } from '../adapters/testing/length-judge'
import { rerankingModel } from './reranking-model'

const model = (...given: Parameters<typeof rerankingModel>): RerankingModelV4 => rerankingModel(...given)

describe('rerankingModel', () => {
  it('ranks documents in the AI SDK by the mean of their win probabilities', async () => {
    const judge = lengthJudge()
    const documents = ['a', 'aaa', 'aaaaaaaaa']
    const { ranking, response } = await rerank({ model: model(judge), documents, query: 'q' })
    expect(ranking).toEqual([
      { originalIndex: 2, score: (0.9 + 0.75) / 2, document: 'aaaaaaaaa' },
      { originalIndex: 1, score: (0.75 + 0.25) / 2, document: 'aaa' },
      { originalIndex: 0, score: (0.25 + (1 - 0.9)) / 2, document: 'a' },
    ])
    expect(response.modelId).toBe('length')
    expect(judge.asked.pairs).toHaveLength(3)
    expect(judge.asked.pairs[0]).toEqual({ prompt: 'q', a: 'a', b: 'aaa' })
  })

  it('ranks by score where there is a scale, asking once for each document', async () => {
    const judge = lengthJudge()
    const scale = { min: 0, max: 10 }
    const documents = [{ a: 1 }, { a: 123 }, { a: 12 }]
    const { ranking } = await rerank({ model: model(judge, { scale }), documents, query: 'q', topN: 2 })
    expect(ranking.map(({ originalIndex, score }) => [originalIndex, score])).toEqual([
      [1, 0.9],
      [2, 0.8],
    ])
    expect(judge.asked.responses).toContainEqual({ prompt: 'q', response: '{"a":12}' })
    expect(judge.asked.responses).toHaveLength(3)
  })

  it('keeps the order of documents that are alike, and ranks one alone without asking', async () => {
    const judge = lengthJudge()
    const alike = await rerank({ model: model(judge), documents: ['ab', 'cd', 'ef'], query: 'q' })
    expect(alike.ranking.map(({ originalIndex }) => originalIndex)).toEqual([0, 1, 2])
    const alone = await rerank({ model: model(lengthJudge()), documents: ['ab'], query: 'q' })
    expect(alone.ranking).toEqual([{ originalIndex: 0, score: 1, document: 'ab' }])
  })

  it('leaves questions without an answer out, and warns of them', async () => {
    const scored = rerankingModel(lengthJudge(), { scale: { min: 0, max: 9 } })
    await expect(scored.doRerank({ query: 'q', documents: { values: ['a', '?'] } })).rejects.toMatchObject({
      code: 'NO_ANSWER',
      parameter: 'documents[1]',
    })
    const judge = lengthJudge()
    const partly = {
      ...judge,
      compare: (pair: Parameters<typeof judge.compare>[0]) =>
        judge.compare(`${pair.a}${pair.b}`.length === 3 ? { ...pair, a: '?' } : pair),
    }
    const call = { query: 'q', documents: { values: ['a', 'bb', 'ccc'] } }
    const { ranking, warnings } = await rerankingModel(partly).doRerank(call)
    expect(ranking.map(({ index }) => index)).toEqual([2, 1, 0])
    expect(ranking[0]?.relevanceScore).toBe((0.75 + 0.6) / 2)
    expect(ranking[1]?.relevanceScore).toBe(0.4)
    expect(warnings).toEqual([
      { type: 'other', message: 'the judge had no answer to 1 questions, which are left out' },
    ])
  })

  it('asks as many at once as it may, and no more after a failure', async () => {
    const judge = lengthJudge()
    let running = 0
    let most = 0
    const slow = {
      ...judge,
      compare: async (pair: Parameters<typeof judge.compare>[0]) => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 1))
        running -= 1
        return judge.compare(pair)
      },
    }
    const documents = { values: Array.from({ length: 7 }, (_, index) => 'a'.repeat(index + 1)) }
    await rerankingModel(slow, { concurrency: 3 }).doRerank({ query: 'q', documents })
    expect(most).toBe(3)
    expect(judge.asked.pairs).toHaveLength(21)
    let calls = 0
    const failing = {
      ...judge,
      compare: async () => {
        calls += 1
        await Promise.resolve()
        throw new Error('down')
      },
    }
    const down = rerankingModel(failing, { concurrency: 2 }).doRerank({ query: 'q', documents })
    await expect(down).rejects.toThrow('down')
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(calls).toBeLessThan(6)
  })

  it('stops when the caller does, and hands the signal to the judge', async () => {
    const judge = lengthJudge()
    const abortSignal = AbortSignal.abort(new Error('enough'))
    const documents = { values: ['a', 'bb', 'ccc'] }
    await expect(rerankingModel(judge).doRerank({ query: 'q', documents, abortSignal })).rejects.toThrow(
      'enough',
    )
    const { signal } = new AbortController()
    await rerankingModel(judge).doRerank({ query: 'q', documents, abortSignal: signal })
    expect(judge.asked.options).toEqual([{ signal }, { signal }, { signal }])
  })

  it('refuses a concurrency that is none, and misspelt options', () => {
    expect(() => rerankingModel(lengthJudge(), { concurrency: 0 })).toThrow(/concurrency is 0/)
    expect(() => rerankingModel(lengthJudge(), { limit: 2 } as object)).toThrow(/no option limit/)
  })
})
