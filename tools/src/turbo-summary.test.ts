import { expect, test } from 'vitest'
import { taskResults } from './turbo-summary.ts'

const task = (exitCode: number | null, status = 'MISS') => ({
  task: 'types',
  package: 'prefkit',
  command: 'tsc',
  execution: { startTime: 1000, endTime: 3500, exitCode },
  cache: { status },
})

test('an exit status of zero passes, cached or not; any other fails', () => {
  expect(
    taskResults([task(0), task(0, 'HIT'), task(2)]).map(({ passed, cached }) => [passed, cached]),
  ).toEqual([
    [true, false],
    [true, true],
    [false, false],
  ])
  expect(taskResults([task(0)])[0]?.seconds).toBe(2.5)
})

test('a task that was never started fails; a task a package does not have is no task', () => {
  const { execution: _, ...never } = task(0)
  expect(taskResults([never]).map(({ passed }) => passed)).toEqual([false])
  expect(taskResults([{ ...task(0), command: '<NONEXISTENT>' }])).toEqual([])
})
