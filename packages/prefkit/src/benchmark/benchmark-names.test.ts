import { expect, it } from 'vitest'
import { type Ability, benchmarkEntries } from './benchmark-names'
import { chooseTask } from './choose-task'
import { openBenchmark, type TaskKind } from './open-benchmark'

const kinds: Readonly<Record<Ability, readonly TaskKind[]>> = {
  compares: ['pairs'],
  scores: ['responses'],
  rates: ['responses'],
  chooses: ['lists'],
  checks: ['checklists', 'prompts'],
}

it.each(benchmarkEntries)(
  '$name has the tasks of its benchmark, and their kinds',
  ({ name, title, tasks }) => {
    const benchmark = openBenchmark(name)
    expect(benchmark).toMatchObject({ name, title })
    expect(Object.keys(tasks).sort()).toEqual(Object.keys(benchmark.tasks).sort())
    for (const [task, ability] of Object.entries(tasks)) {
      expect(kinds[ability]).toContain(benchmark.tasks[task]!.kind)
    }
  },
)

it('no two benchmarks have a name or alias in common', () => {
  const names = benchmarkEntries.flatMap(({ name, aliases }) => [name, ...aliases])
  expect(new Set(names).size).toBe(names.length)
})

it.each([
  ['reward-bench', { judge: 'reward-model:x' }, 'scores'],
  ['reward-bench', { judge: 'openai:x' }, 'pairs'],
  ['reward-bench', { judge: 'openai:x', format: 'rubric' }, 'ratings'],
  ['reward-bench', { outcome: { id: '0:chosen', score: 1 } }, 'scores'],
  ['reward-bench-2', { judge: 'openai:x' }, 'choices'],
  ['reward-bench-2', { judge: 'openai:x', format: 'rating' }, 'scores'],
  ['reward-bench-2', { judge: 'reward-model:x' }, 'scores'],
  ['pandalm', { judge: 'reward-model:x' }, 'pairs'],
  ['llmbar', { judge: 'reward-model:x', task: 'pairs' }, 'pairs'],
  ['infobench', {}, 'checklists'],
  ['ifeval', {}, 'responses'],
] as const)('%s with %o is task %s', (name, wishes, task) => {
  const entry = benchmarkEntries.find((each) => each.name === name)!
  expect(chooseTask(entry, wishes)).toBe(task)
})
