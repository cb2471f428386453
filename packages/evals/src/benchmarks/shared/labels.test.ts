import { describe, expect, test } from 'vitest'
import { judgebench } from '../judgebench/judgebench'
import { llmbar } from '../llmbar/llmbar'
import { pandalm } from '../pandalm/pandalm'
import { rewardBench } from '../reward-bench/reward-bench'
import { rewardBench2 } from '../reward-bench-2/reward-bench-2'
import { rmBench } from '../rm-bench/rm-bench'
import type { BenchmarkPlan, BenchmarkReport, ItemLabel, PairVerdict } from './benchmark'

const ids = Array.from({ length: 12 }, (_, id) => id)
const styles = ['x', 'y', 'z']
const rows = {
  rewardBench: rewardBench.rows(
    ids.map((id) => ({ id, subset: 'donotanswer', prompt: 'p', chosen: 'c', rejected: 'r' })),
  ),
  rewardBench2: rewardBench2.rows(
    ids.map((id) => ({ id, subset: 'Math', prompt: 'p', chosen: ['c'], rejected: styles })),
  ),
  rmBench: rmBench.rows(
    ids.map((id) => ({ id, domain: 'chat', prompt: 'p', chosen: styles, rejected: styles })),
  ),
  llmbar: llmbar.rows(
    ids.map((id) => ({ input: 'i', output_1: 'one', output_2: 'two', label: 1 + (id % 2) })),
  ),
  judgebench: judgebench.rows(
    ids.map((id) => ({
      source: 'mmlu-pro-law',
      question: 'q',
      response_A: 'a',
      response_B: 'b',
      label: id % 3 === 0 ? 'A>B' : 'B>A',
    })),
  ),
  pandalm: pandalm.rows(
    ids.map((id) => ({ instruction: 'i', response_1: 'x', response_2: 'y', votes: [id % 3, id % 3, 0] })),
  ),
}

const some = { resamples: 5, seed: 7 }

const verdictOf = ({ expected }: ItemLabel): PairVerdict => ({ verdict: expected as PairVerdict['verdict'] })
const opposite = (label: ItemLabel): PairVerdict => ({
  verdict: label.expected === 'a' ? 'b' : 'a',
})

/** What outcomes made of the labels score, checked to be one label an item. */
function scoreBy<Outcome>(
  plan: BenchmarkPlan<unknown, Outcome, BenchmarkReport>,
  outcomeOf: (label: ItemLabel) => Outcome,
): number | null {
  expect(plan.labels).toHaveLength(plan.items.length)
  return plan.score(plan.labels!.map(outcomeOf)).overall.value
}

test('a row that is there twice has two labels', () => {
  const twice = [...rows.rewardBench.slice(0, 1), ...rows.rewardBench.slice(0, 1)]
  const rowsOf = (labels: readonly ItemLabel[] | undefined) => labels!.map(({ row }) => row)
  expect(rowsOf(rewardBench.tasks.pairs.plan(twice).labels)).toEqual([0, 1])
  expect(rowsOf(rewardBench.tasks.ratings.plan(twice).labels)).toEqual([0, 0, 1, 1])
})

describe('an oracle that reads the labels scores 1, and its opposite 0', () => {
  const pairs = [
    ['RewardBench', rewardBench.tasks.pairs.plan(rows.rewardBench, some)],
    ['RM-Bench', rmBench.tasks.pairs.plan(rows.rmBench, some)],
    ['LLMBar', llmbar.tasks.pairs.plan(rows.llmbar, some)],
    ['JudgeBench', judgebench.tasks.pairs.plan(rows.judgebench, some)],
    ['PandaLM', pandalm.tasks.pairs.plan(rows.pandalm, some)],
  ] as const
  test.each(pairs)('pairs of %s', (_, plan) => {
    expect(scoreBy(plan, verdictOf)).toBe(1)
    expect(scoreBy(plan, opposite)).toBe(0)
  })

  const scores = [
    ['RewardBench', rewardBench.tasks.scores.plan(rows.rewardBench, some)],
    ['RewardBench, ratings', rewardBench.tasks.ratings.plan(rows.rewardBench, some)],
    ['RewardBench 2', rewardBench2.tasks.scores.plan(rows.rewardBench2, some)],
    ['RM-Bench', rmBench.tasks.scores.plan(rows.rmBench, some)],
    ['LLMBar', llmbar.tasks.scores.plan(rows.llmbar, some)],
    ['JudgeBench', judgebench.tasks.scores.plan(rows.judgebench, some)],
  ] as const
  test.each(scores)('scores of %s', (_, plan) => {
    expect(scoreBy(plan, ({ expected }) => Number(expected))).toBe(1)
    expect(scoreBy(plan, ({ expected }) => -Number(expected))).toBe(0)
  })

  test('choices of RewardBench 2', () => {
    const plan = rewardBench2.tasks.choices.plan(rows.rewardBench2, some)
    expect(scoreBy(plan, ({ expected }) => Number(expected))).toBe(1)
    expect(scoreBy(plan, ({ expected }) => (Number(expected) + 1) % 4)).toBe(0)
  })
})
