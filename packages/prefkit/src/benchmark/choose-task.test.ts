import { describe, expect, it } from 'vitest'
import { benchmarkEntry } from './benchmark-names'
import { chooseTask, type TaskWishes } from './choose-task'

const chosen = (benchmark: Parameters<typeof benchmarkEntry>[0], wishes: TaskWishes) =>
  chooseTask(benchmarkEntry(benchmark), wishes)

describe('chooseTask', () => {
  it('is what the judge does best', () => {
    expect(chosen('reward-bench', { judge: 'reward-model:m' })).toBe('scores')
    expect(chosen('reward-bench', { judge: 'openai:m' })).toBe('pairs')
    expect(chosen('reward-bench', { judge: 'openai:m', format: 'rating' })).toBe('ratings')
    expect(chosen('reward-bench-2', { judge: 'openai:m' })).toBe('choices')
    expect(chosen('reward-bench-2', { judge: 'reward-model:m' })).toBe('scores')
    // Only pairs: a reward model compares too.
    expect(chosen('pandalm', { judge: 'reward-model:m' })).toBe('pairs')
    expect(chosen('infobench', { judge: 'openai:m' })).toBe('checklists')
    expect(chosen('reward-bench-2', { judge: 'openai:m', format: 'rubric' })).toBe('scores')
    expect(chosen('infobench', {})).toBe('checklists')
    expect(chosen('ifeval', {})).toBe('responses')
  })

  it('is what was recorded, whatever it is called', () => {
    expect(chosen('reward-bench', { outcome: { id: '0:chosen', score: null } })).toBe('scores')
    expect(chosen('reward-bench-2', { outcome: { id: '0', choice: 1 } })).toBe('choices')
    expect(chosen('reward-bench-2', { outcome: { id: '0:0', score: 1 } })).toBe('scores')
    expect(chosen('llmbar', { outcome: { winner: 1 } })).toBe('pairs')
  })

  it('is the one that is asked for, or is refused', () => {
    expect(chosen('llmbar', { task: 'pairs', judge: 'reward-model:m' })).toBe('pairs')
    expect(chosen('reward-bench', { task: 'ratings', judge: 'reward-model:m' })).toBe('ratings')
    expect(() => chosen('llmbar', { task: 'lists' })).toThrow(
      '--task: expected pairs, scores of LLMBar, got "lists"',
    )
  })
})
