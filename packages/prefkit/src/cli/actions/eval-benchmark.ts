import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { type BenchmarkConfig, benchmarkRuns, parseBenchmarkConfig } from '../../benchmark/benchmark-config'
import { type BenchmarkName, benchmarkEntry, scoringFormats } from '../../benchmark/benchmark-names'
import { benchmarkReport } from '../../benchmark/benchmark-report'
import { chooseTask } from '../../benchmark/choose-task'
import { type BenchmarkEvaluation, evaluateOutcomes, evaluateRows } from '../../benchmark/evaluate-benchmark'
import { itemKinds } from '../../benchmark/kinds/item-kinds'
import { openBenchmark, type TaskKind } from '../../benchmark/open-benchmark'
import { type DetectLanguage, type PlannedBenchmark, planBenchmark } from '../../benchmark/plan-benchmark'
import { readGamed } from '../../benchmark/read-gamed'
import { type BenchmarkRun, outcomesPath, resumeBenchmark, runBenchmark } from '../../benchmark/run-benchmark'
import type { ListAsking, PairAsking, ScoreAsking } from '../../judge/judge-config'
import { PrefkitError } from '../../prefkit-error'
import type { WorkOptions } from '../../reward/progress'
import { requireWritableFile } from '../../runs/require-writable'
import { writeAtomic } from '../../runs/write-atomic'
import { shellCommand } from '../../shell-command'
import { readRows } from '../../tables/read-rows'
import { describeBenchmark } from '../describe-benchmark'
import { counted } from '../format-table'
import { asLines, fileContent } from '../gzip-lines'
import { interruptible } from '../interruptible'
import { runJudging } from '../judge-action'
import {
  type JudgeOptions,
  judgeSettings,
  type PairOptions,
  pairAskingOf,
  samplingOf,
} from '../judge-settings'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { refuseOverwriting } from '../refuse-overwriting'

/** Options of `prefkit eval <benchmark>`. */
export interface EvalBenchmarkOptions extends JudgeOptions, Omit<PairOptions, 'format'> {
  readonly task?: string
  readonly outcomes?: string[]
  readonly labels: string[]
  readonly writeItems?: string
  readonly report?: string
  readonly resamples: number
  readonly format?: PairAsking['format'] | ScoreAsking['format']
  readonly family: ScoreAsking['family']
  readonly rubrics?: string
  readonly baseline?: string
  readonly gamed?: string
  readonly detectLanguage?: string
}

const refuse = (problem: string): never => {
  throw new PrefkitError('INVALID_CONFIG', problem)
}

/** Who is asked, what was said already, and what is written are three things to do. */
function requireOne(name: BenchmarkName, files: readonly string[], options: EvalBenchmarkOptions): void {
  const { judge, outcomes, writeItems, out, labels } = options
  const given = Object.entries({ '--judge': judge, '--outcomes': outcomes, '--write-items': writeItems })
    .filter(([, value]) => value !== undefined)
    .map(([option]) => option)
  if (given.length > 1) refuse(`${given[1]} cannot be given with ${given[0]}; expected one of them`)
  if (files.length === 0) refuse(`expected files of ${benchmarkEntry(name).title}`)
  if (out !== undefined && !judge) refuse('--out: is for runs, which --judge begins; --report writes a page')
  const isNamed = labels.length === 2 || labels.length === 3
  if (!isNamed) refuse(`--labels: expected two names or, with a tie, three, got ${labels.join(',')}`)
}

const isScoring = (format: string | undefined): format is ScoreAsking['format'] =>
  scoringFormats.some((known) => known === format)

function scoreAskingOf(options: EvalBenchmarkOptions): ScoreAsking {
  const { format = 'rating', family, rubrics } = options
  if (!isScoring(format)) {
    return refuse(
      `--format: ${format} compares; expected ${scoringFormats.join(' or ')} for single responses`,
    )
  }
  return {
    kind: 'scores',
    format,
    family,
    primary: true,
    generate: [1, 3],
    ...(rubrics !== undefined && { rubrics: resolve(rubrics) }),
    ...samplingOf(options),
  }
}

function comparisonAskingOf({ format, ...options }: EvalBenchmarkOptions): PairAsking {
  if (isScoring(format)) refuse(`--format: ${format} scores single responses, and the task compares them`)
  return pairAskingOf({ ...options, ...(format && { format: format as NonNullable<PairAsking['format']> }) })
}

const plainAskingOf = (options: EvalBenchmarkOptions): ListAsking => ({
  kind: 'lists',
  ...samplingOf(options),
})

/** How the items of a task are asked about. A checklist needs no more than a list. */
const askings: Readonly<
  Record<TaskKind, (options: EvalBenchmarkOptions) => PairAsking | ScoreAsking | ListAsking>
> = {
  pairs: comparisonAskingOf,
  responses: scoreAskingOf,
  lists: plainAskingOf,
  checklists: plainAskingOf,
  prompts: plainAskingOf,
}

async function configOf(
  name: BenchmarkName,
  files: readonly string[],
  options: EvalBenchmarkOptions,
): Promise<BenchmarkConfig> {
  const { task, judge, format, outcomes, baseline, gamed, limit, resamples, seed } = options
  const [outcome] = outcomes ? await readRows(outcomes.slice(0, 1)) : []
  const others = { baseline, gamed }
  const paths = Object.fromEntries(
    Object.entries(others).flatMap(([field, file]) => (file === undefined ? [] : [[field, resolve(file)]])),
  )
  return parseBenchmarkConfig({
    benchmark: name,
    // A panel has no more in common than that its members compare.
    task: chooseTask(benchmarkEntry(name), {
      task,
      judge: judge?.length === 1 ? judge[0] : undefined,
      format,
      outcome: outcome?.value,
    }),
    files: [...files.map((file) => resolve(file)), ...Object.values(paths)],
    ...paths,
    limit,
    resamples,
    seed,
  })
}

/** A module that names languages. */
async function loadDetector(path: string | undefined): Promise<DetectLanguage | undefined> {
  if (path === undefined) return undefined
  const loaded = await import(pathToFileURL(resolve(path)).href).catch((cause: Error) =>
    refuse(`--detect-language: ${path} could not be loaded: ${cause.message}`),
  )
  if (typeof loaded.default === 'function') {
    const detect = loaded.default as (text: string) => string | undefined
    // Detectors say that they do not know in different ways.
    return (text) => detect(text) || undefined
  }
  return refuse(`--detect-language: ${path}: expected a function as its default export`)
}

/** What is told and written at the end. */
interface Told {
  readonly planned: PlannedBenchmark
  readonly evaluation: BenchmarkEvaluation
  readonly judge: string
  /** The command that makes it again. */
  readonly command: string
  readonly config: unknown
  /** Files that were written, by name. */
  readonly files: Readonly<Record<string, string>>
}

async function tell({ planned, evaluation, judge, files }: Told, json: boolean): Promise<void> {
  const { benchmark, task } = planned.config
  const { report: result, quality, usage, reasons, notices } = evaluation
  if (json) return printJson({ benchmark, task, judge, ...files, result, quality, usage, reasons, notices })
  const places = Object.entries(files).map(([name, path]) => `${name}: ${path}`)
  printText([describeBenchmark(planned, evaluation, judge), ...places].join('\n'))
}

async function finish(told: Told, pages: readonly string[], json: boolean): Promise<void> {
  const page = pages.length > 0 ? benchmarkReport(told) : ''
  for (const path of pages) await writeAtomic(path, page)
  await tell(told, json)
}

async function finishRun(result: BenchmarkRun, { report, json }: EvalBenchmarkOptions): Promise<void> {
  const { run, config, judge, planned, results, evaluation } = result
  const { fields } = itemKinds[planned.kind]
  const rows = planned.items.map(({ id }, i) => {
    const { error } = results[i]!
    return { id, ...fields(results[i]!), ...(error !== undefined && { error }) }
  })
  const outcomes = outcomesPath(run)
  await writeAtomic(outcomes, asLines(rows))
  const command = `prefkit eval ${config.benchmark} --resume ${run.path}`
  const files = { run: run.path, outcomes, report: run.reportPath }
  const pages = [run.reportPath, ...(report === undefined ? [] : [report])]
  await finish({ planned, evaluation, judge, command, config, files }, pages, json)
}

/** Judges, in a run that can be gone on with. */
async function evalJudge(
  name: BenchmarkName,
  files: readonly string[],
  options: EvalBenchmarkOptions,
  command: Command,
): Promise<void> {
  const start = async (directory: string, work: WorkOptions) => {
    const config = await configOf(name, files, options)
    const { kind } = openBenchmark(name).tasks[config.task]!
    const judge = judgeSettings(options, askings[kind](options))
    const whole = { ...config, keepGoing: options.keepGoing, judge }
    return runBenchmark(benchmarkRuns(name).parse(whole, 'command line'), directory, work)
  }
  const resume = (directory: string, work: WorkOptions) => resumeBenchmark(name, directory, work)
  const result = await runJudging(files, options, command, { start, resume }, 'eval')
  await finishRun(result, options)
}

/** Writes what has to be judged. */
async function writeItems({ items, config }: PlannedBenchmark, path: string, json: boolean): Promise<void> {
  await refuseOverwriting(path, config.files)
  await writeAtomic(path, fileContent(path, items))
  const { benchmark, task } = config
  if (json) printJson({ benchmark, task, items: items.length, file: path })
  else
    printText(
      `wrote ${counted(items.length, 'item')} of ${benchmarkEntry(benchmark).title}, task ${task}, to ${path}`,
    )
}

async function evaluate(
  planned: PlannedBenchmark,
  { outcomes, labels, keepGoing }: EvalBenchmarkOptions,
  work: WorkOptions,
): Promise<{ evaluation: BenchmarkEvaluation; judge: string }> {
  if (outcomes) {
    const evaluation = await evaluateOutcomes(planned, outcomes, { labels, keepGoing, ...work })
    return { evaluation, judge: outcomes.map((file) => basename(file)).join(', ') }
  }
  const evaluation = evaluateRows(planned, await readGamed(planned.config.gamed, work))
  return {
    evaluation,
    judge: planned.kind === 'prompts' ? 'responses of the rows' : 'annotations of the rows',
  }
}

/** Scores what was judged elsewhere, or writes what is to be. */
async function evalRecorded(
  name: BenchmarkName,
  files: readonly string[],
  options: EvalBenchmarkOptions,
): Promise<void> {
  const { writeItems: path, report, json, quiet } = options
  for (const file of [path, report]) if (file !== undefined) await requireWritableFile(file)
  const config = await configOf(name, files, options)
  const detectLanguage = await loadDetector(options.detectLanguage)
  const progress = showProgress(quiet || json)
  await interruptible('nothing was written', async (signal) => {
    const work = { onProgress: progress.onProgress, signal }
    const planned = await planBenchmark(config, { ...work, detectLanguage })
    if (path !== undefined) return writeItems(planned, path, json)
    const { evaluation, judge } = await evaluate(planned, options, work)
    progress.stop()
    const written: Record<string, string> = report === undefined ? {} : { report }
    const told = { planned, evaluation, judge, command: shellCommand(), config, files: written }
    await finish(told, Object.values(written), json)
  }).finally(progress.stop)
}

/** Runs `prefkit eval <benchmark>`. */
export async function evalBenchmarkAction(
  name: BenchmarkName,
  files: string[],
  options: EvalBenchmarkOptions,
  command: Command,
): Promise<void> {
  if (options.resume === undefined) requireOne(name, files, options)
  const isJudged = options.resume !== undefined || options.judge !== undefined
  await (isJudged ? evalJudge(name, files, options, command) : evalRecorded(name, files, options))
}
