// Every check CI runs. Ends with the line `N passed, N failed`: each test of each package counts as one,
// and so does each gate for each package.
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, constants } from 'node:os'
import { join } from 'node:path'
import { findChromium } from './browser/chromium.ts'
import { checkChangesets } from './gates/changesets.ts'
import { checkImports } from './gates/imports.ts'
import { checkKnip } from './gates/knip.ts'
import { checkManifests } from './gates/manifests.ts'
import { checkPaperIndex } from './gates/paper-index.ts'
import { readNewestSummary, type TaskResult, taskResults } from './turbo-summary.ts'
import { readTestCount } from './vitest-report.ts'
import { type Finding, readPackages, workspaceRoot } from './workspace/packages.ts'

/** What is counted: `count` things passed or failed in one package. */
interface Outcome {
  gate: string
  package: string
  passed: number
  failed: number
}

/** Gates that look at the whole workspace at once. */
const workspaceGates: Record<string, () => Finding[]> = {
  imports: checkImports,
  manifests: checkManifests,
  'paper-index': checkPaperIndex,
  changesets: checkChangesets,
  knip: checkKnip,
}

/** Gates that run in each package's folder, under turbo, which skips what has not changed. */
const packageTasks = [
  'build',
  'types',
  'lint',
  'test',
  'test:browser',
  'docs',
  'tarball',
  'publint',
  'attw',
  'size',
  'consumer',
]

/** Where the tests of each of these tasks are counted, in a package's folder. */
const reports: Readonly<Record<string, string>> = {
  test: join('.check', 'vitest.json'),
  'test:browser': join('.check', 'vitest-browser.json'),
}

const packages = readPackages()
const tested = [
  ...packages,
  { name: 'prefkit-tools', directory: join(workspaceRoot, 'tools') },
  { name: 'annotation-noise', directory: join(workspaceRoot, 'examples', 'annotation-noise') },
  { name: 'browser-reward-model', directory: join(workspaceRoot, 'examples', 'browser-reward-model') },
  { name: 'judge-with-llama-cpp', directory: join(workspaceRoot, 'examples', 'judge-with-llama-cpp') },
]
const started = Date.now()
const seconds = (from: number): string => `${((Date.now() - from) / 1000).toFixed(1)} s`

/** A gate that breaks has failed; the others still run. */
function findingsOf(check: () => Finding[]): Finding[] {
  try {
    return check()
  } catch (error) {
    return [
      { package: '', message: `the gate itself broke: ${error instanceof Error ? error.stack : error}` },
    ]
  }
}

function runWorkspaceGate(gate: string, findings: Finding[]): Outcome[] {
  for (const finding of findings)
    console.log(`${gate}: ${finding.package || 'workspace'}: ${finding.message}`)
  const names = [...packages.map(({ name }) => name), '']
  return names.map((name) => {
    const failed = findings.some((finding) => finding.package === name) ? 1 : 0
    return { gate, package: name || 'workspace', passed: 1 - failed, failed }
  })
}

/** Runs a command with its output shown; a signal ends it, and this check, at once. */
function runShown(command: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const grouped = process.platform !== 'win32'
    // Its own group, so that a signal also reaches what the shell wrappers in between started.
    const child = spawn(command, args, {
      cwd: workspaceRoot,
      stdio: 'inherit',
      shell: !grouped,
      detached: grouped,
    })
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    const stop = (signal: NodeJS.Signals) => {
      if (grouped) process.kill(-(child.pid as number), signal)
      process.exit(128 + constants.signals[signal])
    }
    for (const signal of signals) process.on(signal, stop)
    child.on('error', reject)
    child.on('close', (code) => {
      for (const signal of signals) process.off(signal, stop)
      resolve(code ?? 1)
    })
  })
}

/** Lints what lies outside the packages and tools. */
async function runRootLint(): Promise<Outcome> {
  const files = readdirSync(workspaceRoot).filter((name) => /\.(json|ts)$/.test(name))
  const folders = ['bench', 'examples', 'docs', '.changeset'].filter((name) =>
    existsSync(join(workspaceRoot, name)),
  )
  const failed =
    (await runShown('biome', ['check', '--no-errors-on-unmatched', ...folders, ...files])) === 0 ? 0 : 1
  return { gate: 'lint', package: 'workspace', passed: 1 - failed, failed }
}

const planOptions: ExecFileSyncOptionsWithStringEncoding = {
  cwd: workspaceRoot,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'ignore'],
  shell: process.platform === 'win32',
}

async function runPackageTasks(extra: string[], chromium: string | undefined): Promise<TaskResult[]> {
  // A stale report must not stand in for a test run that broke, nor an old summary for this run's.
  for (const { directory } of tested) {
    for (const report of Object.values(reports)) rmSync(join(directory, report), { force: true })
  }
  rmSync(join(workspaceRoot, '.turbo', 'runs'), { recursive: true, force: true })
  // What turbo remembers of tests in a browser holds for that browser.
  process.env.PREFKIT_CHROMIUM = chromium ?? 'none'
  const possible = packageTasks.filter((task) => chromium !== undefined || task !== 'test:browser')
  const tasks = ['run', ...possible, ...extra]
  const { tasks: planned } = JSON.parse(execFileSync('turbo', [...tasks, '--dry=json'], planOptions))
  const flags = [
    '--continue=dependencies-successful',
    '--summarize',
    '--output-logs=errors-only',
    '--ui=stream',
  ]
  await runShown('turbo', [...tasks, ...flags, `--concurrency=${Math.max(2, availableParallelism())}`])
  return taskResults(planned, readNewestSummary(workspaceRoot))
}

function outcomeOf({ task, package: name, passed }: TaskResult): Outcome {
  const report = reports[task]
  const owner = report && tested.find((candidate) => candidate.name === name)
  if (!owner) return { gate: task, package: name, passed: passed ? 1 : 0, failed: passed ? 0 : 1 }
  const count = readTestCount(join(owner.directory, report))
  if (count.skipped > 0) console.log(`${task}: ${name}: ${count.skipped} tests skipped`)
  // vitest may fail for a reason that is no test, such as an unhandled rejection.
  const failed = passed ? count.failed : Math.max(1, count.failed)
  return { gate: task, package: name, passed: count.passed, failed }
}

function printTable(outcomes: Outcome[], tasks: TaskResult[]): void {
  for (const gate of [...Object.keys(workspaceGates), ...packageTasks]) {
    const rows = outcomes.filter((outcome) => outcome.gate === gate)
    const runs = tasks.filter(({ task }) => task === gate)
    const time = runs.reduce((total, run) => total + (run.cached ? 0 : run.seconds), 0)
    const cached = runs.filter((run) => run.cached).length
    const sum = (key: 'passed' | 'failed') => rows.reduce((total, row) => total + row[key], 0)
    const note =
      runs.length > 0
        ? `${time.toFixed(1)} s${cached > 0 ? `, ${cached} of ${runs.length} from cache` : ''}`
        : ''
    const blamed = rows.filter(({ failed }) => failed > 0).map((row) => row.package)
    const verdict = blamed.length > 0 ? `FAILED in ${blamed.join(', ')}` : rows.length > 0 ? 'ok' : 'not run'
    console.log(
      `${gate.padEnd(12)} ${String(sum('passed')).padStart(5)} passed ${String(sum('failed')).padStart(4)} failed  ${verdict}  ${note}`,
    )
  }
}

const outcomes: Outcome[] = []
for (const [gate, check] of Object.entries(workspaceGates)) {
  const from = Date.now()
  outcomes.push(...runWorkspaceGate(gate, findingsOf(check)))
  console.log(`${gate}: ${seconds(from)}`)
}
outcomes.push(await runRootLint())
const chromium = await findChromium()
const tasks = await runPackageTasks(
  process.argv.slice(2),
  typeof chromium === 'string' ? undefined : chromium.source,
)
outcomes.push(...tasks.map(outcomeOf))
printTable(outcomes, tasks)
console.log(
  typeof chromium === 'string'
    ? `test:browser: SKIPPED, no Chromium: ${chromium}`
    : `test:browser: in ${chromium.source}`,
)
const total = (key: 'passed' | 'failed') => outcomes.reduce((sum, outcome) => sum + outcome[key], 0)
console.log(`all checks: ${seconds(started)}`)
console.log(`${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') === 0 ? 0 : 1
