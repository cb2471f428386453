import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** One per-package task of a turbo run. */
export interface TaskResult {
  task: string
  package: string
  passed: boolean
  cached: boolean
  seconds: number
}

/** A task as turbo's run summary writes it. */
export interface SummaryTask {
  task: string
  package: string
  command: string
  execution?: { startTime: number; endTime: number; exitCode: number | null } | null
  cache?: { status: string }
}

/** The outcome of every task that has a command; one that turbo never started, for a failed dependency, failed. */
export function taskResults(tasks: SummaryTask[]): TaskResult[] {
  return tasks
    .filter(({ command }) => command !== '<NONEXISTENT>')
    .map(({ task, package: name, execution, cache }) => ({
      task,
      package: name,
      passed: execution?.exitCode === 0,
      cached: cache?.status === 'HIT',
      seconds: execution ? (execution.endTime - execution.startTime) / 1000 : 0,
    }))
}

/** The newest run summary under the root's .turbo/runs; throws when turbo wrote none. */
export function readNewestSummary(root: string): SummaryTask[] {
  const directory = join(root, '.turbo', 'runs')
  const files = readdirSync(directory).map((name) => join(directory, name))
  const [newest] = files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  if (newest === undefined) throw new Error(`turbo wrote no run summary to ${directory}`)
  return JSON.parse(readFileSync(newest, 'utf8')).tasks
}
