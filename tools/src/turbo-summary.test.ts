import { expect, test } from 'vitest'
import { type SummaryTask, taskResults } from './turbo-summary.ts'

const task = (exitCode: number | null, status = 'MISS') => ({
  task: 'types',
  package: 'prefkit',
  command: 'tsc',
  execution: { startTime: 1000, endTime: 3500, exitCode },
  cache: { status },
})

test('an exit status of zero passes, cached or not; any other fails', () => {
  const outcome = (ran: SummaryTask) =>
    taskResults([task(0)], [ran]).map(({ passed, cached }) => [passed, cached])
  expect(outcome(task(0))).toEqual([[true, false]])
  expect(outcome(task(0, 'HIT'))).toEqual([[true, true]])
  expect(outcome(task(2))).toEqual([[false, false]])
  expect(taskResults([task(0)], [task(0)])[0]?.seconds).toBe(2.5)
})

test('a planned task that was never started fails; a task a package does not have is no task', () => {
  expect(taskResults([task(0)], []).map(({ passed }) => passed)).toEqual([false])
  expect(taskResults([task(0)], [{ ...task(0), package: '@prefkit/nn' }])[0]?.passed).toBe(false)
  expect(taskResults([{ ...task(0), command: '<NONEXISTENT>' }], [])).toEqual([])
})
