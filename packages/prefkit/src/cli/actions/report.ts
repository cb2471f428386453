import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PrefkitError } from '../../prefkit-error'
import { comparisonReport } from '../../report/loop/compare/comparison-report'
import { readRunData } from '../../report/loop/read-run-data'
import type { RunData } from '../../report/loop/run-data'
import { runReport } from '../../report/loop/run-report'
import { writeAtomic } from '../../runs/write-atomic'
import { shellCommand } from '../../shell-command'
import { counted } from '../format-table'
import { printJson, printText } from '../print'

/** Options of `prefkit report`. */
export interface ReportOptions {
  readonly out?: string
  /** A port, or true for any. */
  readonly ui?: number | true
  readonly json: boolean
}

/** What was read, and what was left out as it is no run, or the same again. */
interface ReadRuns {
  readonly runs: readonly RunData[]
  readonly leftOut: readonly string[]
}

/** Each directory once. Of several directories, as `runs/*` names them, those of other commands are left out; a single one has to be a run. */
async function readRuns(paths: readonly string[]): Promise<ReadRuns> {
  const runs: RunData[] = []
  const leftOut: string[] = []
  const read = new Set<string>()
  for (const path of paths) {
    // Where there is no such directory, reading it says so.
    const real = await realpath(path).catch(() => path)
    if (read.has(real)) {
      leftOut.push(`${path} is given twice`)
      continue
    }
    read.add(real)
    try {
      runs.push(await readRunData(path))
    } catch (error) {
      if (paths.length === 1 || !PrefkitError.isInstance(error) || error.code !== 'RUN_NOT_FOUND') throw error
      leftOut.push(error.message)
    }
  }
  if (runs.length > 0) return { runs, leftOut }
  const message = `expected at least one run of prefkit run, got none:\n${leftOut.join('\n')}`
  throw new PrefkitError('RUN_NOT_FOUND', message)
}

/** Runs `prefkit report`. */
export async function reportAction(paths: readonly string[], options: ReportOptions): Promise<void> {
  const { out, ui, json } = options
  if (ui !== undefined) return watchAction(paths, options)
  const { runs, leftOut } = await readRuns(paths)
  for (const message of leftOut) process.stderr.write(`left out: ${message}\n`)
  const [first, ...others] = runs
  const isOne = others.length === 0
  const html = isOne ? runReport(first!) : comparisonReport(runs, { commands: [shellCommand()] })
  const beside = isOne
    ? join(first!.path, 'report.html')
    : join(dirname(resolve(first!.path)), 'comparison.html')
  const report = out ?? beside
  await writeAtomic(report, html)
  if (json) printJson({ report, runs: runs.map(({ path }) => path), leftOut: leftOut.length })
  else printText(`${isOne ? '' : `${counted(runs.length, 'run')} compared\n`}report: ${report}`)
}

/** Serves a live page until it is stopped. */
async function watchAction(paths: readonly string[], { out, ui, json }: ReportOptions): Promise<void> {
  const [path, ...others] = paths
  if (others.length > 0) {
    throw new PrefkitError(
      'INVALID_CONFIG',
      `--ui: expected one run, got ${paths.length}; compare them without`,
    )
  }
  if (out !== undefined) {
    throw new PrefkitError('INVALID_CONFIG', '--out: a live page is not written; leave out --ui or --out')
  }
  await readRunData(path!)
  const { serveRunPage } = await import('../../loop/run/ui/serve-run-page')
  const page = await serveRunPage(path!, ui === true || ui === undefined ? {} : { port: ui })
  if (json) printJson({ url: page.url })
  else printText(`live page: ${page.url} (Ctrl-C ends it)`)
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)))
  await page.close('this page is not served any more')
}
