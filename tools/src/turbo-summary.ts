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

/**
 * The outcome of every planned task that has a command. One that turbo never started, because what it depends on
 * failed, is absent from the summary, and failed too.
 */
export function taskResults(planned: SummaryTask[], ran: SummaryTask[]): TaskResult[] {
  return planned
    .filter(({ command }) => command !== '<NONEXISTENT>')
    .map(({ task, package: name }) => {
      const found = ran.find((candidate) => candidate.task === task && candidate.package === name)
      const execution = found?.execution
      return {
        task,
        package: name,
        passed: execution?.exitCode === 0,
        cached: found?.cache?.status === 'HIT',
        seconds: execution ? (execution.endTime - execution.startTime) / 1000 : 0,
      }
    })
}

/** The newest run summary under the root's .turbo/runs; throws when turbo wrote none. */
export function readNewestSummary(root: string): SummaryTask[] {
  const directory = join(root, '.turbo', 'runs')
  const files = readdirSync(directory).map((name) => join(directory, name))
  const [newest] = files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  if (newest === undefined) throw new Error(`turbo wrote no run summary to ${directory}`)
  return JSON.parse(readFileSync(newest, 'utf8')).tasks
}
