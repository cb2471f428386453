import { functionJudge } from '@prefkit/judges'
import { describeFeatures, featurize, scoreFeatures, trainRewardModel } from '@prefkit/reward-models'
import { hashedNgrams } from '@prefkit/reward-models/embedders'
import { describe, expect, it } from 'vitest'
import { pairwiseFromPointwise } from '../rewards/scorers'
import { symmetricWins } from '../rewards/symmetric-wins'
import { comparisonTable } from './comparison-table'
import { embeddingScorer } from './embedding-scorer'
import { localJudgeScorer } from './local-judge-scorer'
import { tournament } from './tournament'

const prompt = { id: 'q', text: 'How was the dog?', tokens: [1] }
const said = (text: string) => ({ text, tokens: [] })

describe('localJudgeScorer', () => {
  /** The longer one, more surely where it is shown first. */
  const opinion = ({ a, b }: { a: string; b: string }) =>
    a.length === b.length ? undefined : a.length > b.length ? 0.9 : 0.2

  it('tells what a judge says in either order, and asks it once of a pair', async () => {
    let asked = 0
    const judge = functionJudge(
      (pair) => {
        asked++
        return opinion(pair)
      },
      { name: 'longer' },
    )
    const scorer = localJudgeScorer(judge)
    const [long, short] = [said('very long'), said('short')]
    const wins = await scorer.firstWins([
      { prompt, first: short, second: long },
      { prompt, first: long, second: short },
      { prompt, first: said('equal'), second: short },
    ])
    expect(wins[0]).toBeCloseTo(0.2, 12)
    expect(wins[1]).toBeCloseTo(0.9, 12)
    // Of equal ones the judge has no opinion.
    expect(wins[2]).toBeNaN()
    // Two pairs in both orders.
    expect(asked).toBe(4)
    const [win] = await symmetricWins(scorer, [{ prompt, first: long, second: short }])
    expect(win).toBeCloseTo((0.9 + 0.8) / 2, 12)
  })

  it('has no answer where the judge fails, which only a tournament takes for ½', async () => {
    const judge = functionJudge(
      (pair) => {
        if (`${pair.a}${pair.b}`.includes('broken')) throw new Error('no connection')
        return opinion(pair)
      },
      { name: 'longer' },
    )
    const scorer = localJudgeScorer(judge)
    const responses = ['very long', 'short', 'broken'].map(said)
    const [long, short, broken] = responses
    const wins = await symmetricWins(scorer, [
      { prompt, first: long!, second: broken! },
      { prompt, first: long!, second: short! },
    ])
    expect([wins[0], wins[1]!.toFixed(9)]).toEqual([Number.NaN, '0.850000000'])
    const { finalists } = await tournament(scorer, [comparisonTable(prompt, responses)])
    expect(finalists[0]!.map(({ place }) => place)).toEqual([0, 2, 1])
    expect(finalists[0]![1]!.winRate).toBe(0.5)
  })

  it('believes a judge of one order in the other', async () => {
    const judge = functionJudge(opinion, { name: 'longer', orders: 'given' })
    const [first, second] = [said('very long'), said('short')]
    const wins = await localJudgeScorer(judge).firstWins([
      { prompt, first, second },
      { prompt, first: second, second: first },
    ])
    expect(wins[0]).toBeCloseTo(0.9, 12)
    expect(wins[1]).toBeCloseTo(0.1, 12)
  })
})

describe('embeddingScorer', () => {
  const embedder = hashedNgrams({ dimensions: 64 })
  const parts = ['response'] as const
  const sentences = ['dog', 'cat', 'bird', 'fish'].flatMap((animal) =>
    [['happy', 'sad'] as const, ['kind', 'mean'] as const].map(([good, bad]) => ({
      chosen: `The ${animal} was ${good}.`,
      rejected: `The ${animal} was ${bad}.`,
    })),
  )

  it.each(['bt', 'clf'] as const)('scores by a %s model as the model does', async (objective) => {
    const items = sentences.flatMap(({ chosen, rejected }) =>
      [chosen, rejected].map((response) => ({ prompt: prompt.text, response })),
    )
    const features = await featurize(items, { embedder, parts })
    const data = {
      features,
      chosen: Int32Array.from(sentences, (_, i) => 2 * i),
      rejected: Int32Array.from(sentences, (_, i) => 2 * i + 1),
    }
    const trained = await trainRewardModel(data, {
      objective,
      hidden: [8],
      epochs: 60,
      batchSize: 8,
      validationFraction: 0,
      keep: 'last',
      learningRate: 1e-2,
    })
    const model = {
      ...trained,
      features: describeFeatures({ kind: 'hashedNgrams', dimensions: 64 }, embedder, parts),
    }
    const scorer = embeddingScorer(model, embedder)
    const scores = await scorer.scores(items.map(({ response }) => ({ prompt, response: said(response) })))
    expect(scores).toEqual(Array.from(await scoreFeatures(model, features)))
    const wins = await pairwiseFromPointwise(scorer).firstWins(
      sentences.map(({ chosen, rejected }) => ({ prompt, first: said(chosen), second: said(rejected) })),
    )
    for (const win of wins) expect(win).toBeGreaterThan(0.5)
    expect(await scorer.scores([])).toEqual([])
    await scorer.release()
    const { features: _, ...unknown } = model
    expect(() => embeddingScorer(unknown, embedder)).toThrow(
      'expected one that says how its features are made',
    )
  })
})
