import { expect, it } from 'vitest'
import { type Ability, benchmarkEntries } from './benchmark-names'
import { openBenchmark, type TaskKind } from './open-benchmark'

const kinds: Readonly<Record<Ability, readonly TaskKind[]>> = {
  compares: ['pairs'],
  scores: ['responses'],
  rates: ['responses'],
  chooses: ['lists'],
  checks: ['checklists'],
  answers: ['prompts'],
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
