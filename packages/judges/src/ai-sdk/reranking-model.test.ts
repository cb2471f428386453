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

  it('keeps the order of documents that are alike', async () => {
    const judge = lengthJudge()
    const alike = await rerank({ model: model(judge), documents: ['ab', 'cd', 'ef'], query: 'q' })
    expect(alike.ranking.map(({ originalIndex }) => originalIndex)).toEqual([0, 1, 2])
  })

  it('scores a document alone where there is a scale, and otherwise says that nothing is known of it', async () => {
    const call = { query: 'q', documents: { values: ['ab'] } }
    const scored = await rerankingModel(lengthJudge(), { scale: { min: 0, max: 10 } }).doRerank(call)
    expect(scored).toMatchObject({ ranking: [{ index: 0, relevanceScore: 0.2 }], warnings: [] })
    const compared = await rerankingModel(lengthJudge()).doRerank(call)
    expect(compared.ranking).toEqual([{ index: 0, relevanceScore: 0.5 }])
    expect(compared.warnings).toEqual([
      { type: 'other', message: expect.stringContaining('nothing is known') },
    ])
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
      { type: 'other', message: 'the judge abstained in 1 of 3 pairs, which are left out' },
    ])
  })

  it('stops the judge when the caller stops, and hands on what it used', async () => {
    const judge = lengthJudge()
    const controller = new AbortController()
    const stopping = {
      ...judge,
      compare: async (...asked: Parameters<typeof judge.compare>) => {
        controller.abort(new Error('enough'))
        asked[1]?.signal?.throwIfAborted()
        return judge.compare(...asked)
      },
    }
    const call = { documents: { values: ['a', 'bb', 'ccc'] }, query: 'q', abortSignal: controller.signal }
    await expect(rerankingModel(stopping).doRerank(call)).rejects.toThrow('enough')
    expect(judge.asked.pairs).toHaveLength(0)
    const { providerMetadata } = await rerank({
      model: model(judge),
      documents: ['a', 'bb', 'ccc'],
      query: 'q',
    })
    const usage = { calls: 6, cachedCalls: 0, promptTokens: 90, completionTokens: 6 }
    expect(providerMetadata).toEqual({ prefkit: { usage } })
  })

  it('refuses a score outside the scale, a judge that does not score, and misspelt options', async () => {
    const documents = { values: ['a', 'bb'] }
    const narrow = rerankingModel(lengthJudge(), { scale: { min: 0, max: 1 } })
    await expect(narrow.doRerank({ query: 'q', documents })).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    const { name, identity, compare } = lengthJudge()
    const scale = { min: 0, max: 1 }
    expect(() => rerankingModel({ name, identity, compare }, { scale })).toThrow(/does not score/)
    expect(() => rerankingModel(lengthJudge(), { limit: 2 } as object)).toThrow(/no option limit/)
  })
})
