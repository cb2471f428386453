import { expect, test } from 'vitest'
import { llmbarDecisions } from '../goldens/load-benchmarks'
import { judgeQuality } from './judge-quality'
import type { JudgeRecord, JudgeVerdict } from './judge-record'

const { labels, decisions } = llmbarDecisions()

type Run = (typeof decisions)[number]

const verdicts: Readonly<Record<string, JudgeVerdict>> = { '0': 'abstained', '1': 'a', '2': 'b' }

/** Output 1 is a, which the first order shows first. */
const recordsOf = ({ subset, winner, winnerSwapped }: Run): JudgeRecord[] =>
  [...labels[subset]!].flatMap((label, i) => {
    const about = { pair: `${subset} ${i}`, label: verdicts[label] as 'a' | 'b' }
    return [
      { ...about, first: 'a', verdict: verdicts[winner[i]!]! },
      { ...about, first: 'b', verdict: verdicts[winnerSwapped[i]!]! },
    ] satisfies JudgeRecord[]
  })

const fast = { resamples: 1 }
const complete = decisions.filter((run) => !`${run.winner}${run.winnerSwapped}`.includes('0'))

test('recorded accuracy and order consistency of LLMBar come out of front, back and both orders', () => {
  expect(complete).toHaveLength(381)
  for (const run of complete) {
    const { position, consistency } = judgeQuality(recordsOf(run), fast)
    const { front, back } = position.votes
    const right = position.front.value! * front + position.back.value! * back
    expect(right / (front + back)).toBeCloseTo(run.accuracy, 4)
    expect(consistency.orders.consistent.value).toBeCloseTo(run.consistency, 4)
  }
})

const of = (judge: string, strategy: string) =>
  judgeQuality(
    decisions
      .filter((run) => run.judge === judge && run.strategy === strategy && run.subset.startsWith('LLMBar/'))
      .flatMap(recordsOf),
  )

test('on the 419 rows, GPT-4 has hardly a liking for a place, and ChatGPT one for the first', () => {
  const gpt4 = of('GPT-4', 'Vanilla')
  expect(gpt4.counts.pairs).toBe(419)
  expect(gpt4.consistency.orders.consistent.value).toBeCloseTo(0.928, 3)
  const chatgpt = of('ChatGPT', 'Vanilla')
  expect(gpt4.position.gap.value).toBeCloseTo(0.024, 3)
  expect(chatgpt.position.gap.value).toBeCloseTo(0.294, 3)
  expect(chatgpt.position.gap.interval!.low).toBeGreaterThan(0.2)
  expect(gpt4.position.gap.interval!.high).toBeLessThan(0.1)
})
