import type { PairJudgement } from '@prefkit/judges'
import { describe, expect, it } from 'vitest'
import type { JudgedPairOutcome } from './judge-pairs'
import { summarisePairs } from './pair-summary'
import { tallyPairs } from './tally-pairs'

const usage = { calls: 1, cachedCalls: 0, promptTokens: 3, completionTokens: 2 }

/** A judgement in both orders that gives `a` this probability. */
const outcomeOf = (id: string, p: number, label?: 'a' | 'b' | 'tie'): JudgedPairOutcome => ({
  pair: { id, item: { prompt: `question ${id}`, a: 'one', b: 'two' }, ...(label && { label }) },
  outcome: {
    id,
    judgement: {
      verdict: p === 0.5 ? 'tie' : p > 0.5 ? 'a' : 'b',
      winProbability: p,
      provenance: 'parsed',
      readings: (['a', 'b'] as const).map((first) => ({
        first,
        winProbability: p,
        provenance: 'parsed',
        parse: 'exact',
        text: `text of ${id}`,
      })),
      usage,
    } as PairJudgement,
  },
})

describe('a tally', () => {
  it('keeps the disagreements that the judge was surest of, and counts all', () => {
    const tally = tallyPairs()
    for (let i = 0; i < 1000; i++) tally.add(outcomeOf(`${i}`, ((i * 37) % 1000) / 1000, 'a'))
    const { surest, count } = tally.disagreements()
    // 0 … 0.499 are for b, and 0.5 is a tie.
    expect(count).toBe(501)
    const expected = Array.from({ length: 50 }, (_, i) => i / 1000)
    expect(surest.map(({ judgement }) => judgement.winProbability)).toEqual(expected)
    expect(surest[0]!.judgement.readings[0]!.text).toBe('text of 0')
  })

  it('sums up readings and what was used, and counts what failed', () => {
    const error = { code: 'SERVER_STATUS', message: 'status 400' }
    const outcomes = [outcomeOf('1', 0.9, 'a'), outcomeOf('2', 0.2, 'a'), outcomeOf('3', 0.8)]
    const failed: JudgedPairOutcome = { pair: outcomes[0]!.pair, outcome: { id: '4', error } }
    const summary = summarisePairs([...outcomes, failed], 0)
    expect(summary).toMatchObject({
      pairs: 4,
      failed: 1,
      verdicts: { a: 2, b: 1, tie: 0, abstained: 0 },
      readings: { asked: 6, answered: 6, parses: { exact: 6 } },
      accuracy: { value: 0.5, trials: 2 },
      usage: { calls: 3, promptTokens: 9, completionTokens: 6 },
    })
  })

  it('counts ties of the data for agreement, and not for accuracy', () => {
    const outcomes = [outcomeOf('1', 0.9, 'a'), outcomeOf('2', 0.5, 'tie'), outcomeOf('3', 0.8, 'tie')]
    const { accuracy, labelledTies, quality } = summarisePairs(outcomes, 0)
    expect(accuracy).toMatchObject({ value: 1, trials: 1 })
    expect(labelledTies).toBe(2)
    expect(quality?.labels?.agreement.value).toBeCloseTo(2 / 3, 12)
    expect(quality?.labels?.confusion.tie).toEqual({ a: 1, b: 0, tie: 1, abstained: 0 })
  })
})
