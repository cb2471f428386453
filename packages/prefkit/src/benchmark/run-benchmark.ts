import { join } from 'node:path'
import { laidOver } from '../judge/how-to-run'
import type { JudgeConfig } from '../judge/judge-config'
import {
  batchOptions,
  collect,
  discardJournal,
  hasJournal,
  type JudgingOptions,
  withSurroundings,
} from '../judge/with-judges'
import { PrefkitError } from '../prefkit-error'
import { continueRun, startRun } from '../runs/resumable-run'
import type { RunDirectory } from '../runs/run-directory'
import { type BenchmarkRunConfig, benchmarkRuns } from './benchmark-config'
import { type BenchmarkName, benchmarkEntry } from './benchmark-names'
import { type BenchmarkEvaluation, concludeBenchmark } from './evaluate-benchmark'
import { failed, type ItemResult } from './item-result'
import { itemKinds } from './kinds/item-kinds'
import { areBothOrders } from './pair-of-item'
import { type PlannedBenchmark, planBenchmark } from './plan-benchmark'

/** A finished run. */
export interface BenchmarkRun {
  readonly run: RunDirectory
  readonly config: BenchmarkRunConfig
  /** The judge's name. */
  readonly judge: string
  readonly planned: PlannedBenchmark
  /** In the order of the plan's items. */
  readonly results: readonly ItemResult[]
  readonly evaluation: BenchmarkEvaluation
}

/** Where a run keeps outcomes, in the layout in which they are read again. */
export const outcomesPath = (run: RunDirectory): string => join(run.path, 'outcomes.jsonl')

/** A benchmark that shows each pair in both orders itself says nothing of order where a judge sees another. */
function checkOrders(
  { items, config }: PlannedBenchmark,
  { asking }: JudgeConfig,
  { onNotice }: JudgingOptions,
): void {
  if (asking.kind !== 'pairs' || asking.orders === 'given' || !areBothOrders(items)) return
  const shown = `--orders: ${benchmarkEntry(config.benchmark).title} shows each pair in both orders itself`
  if (asking.orders === 'random') {
    throw new PrefkitError('INVALID_CONFIG', `${shown}; expected given or both, got random`)
  }
  onNotice?.(`${shown}: with both each of them is asked about twice, and its verdict is of both`)
}

/** How the items of a plan are judged. */
function judgeOf({ kind, config: { benchmark, task } }: PlannedBenchmark) {
  const { judge } = itemKinds[kind]
  if (judge) return judge
  const message = `--judge: ${benchmarkEntry(benchmark).title}, task ${task}, is checked by programs; expected no judge`
  throw new PrefkitError('INVALID_CONFIG', message)
}

/** What is judged; what is wrong with that comes out before a run is made. */
const planOf =
  (work: JudgingOptions) =>
  async (config: BenchmarkRunConfig): Promise<PlannedBenchmark> => {
    const planned = await planBenchmark(config, work)
    judgeOf(planned)
    checkOrders(planned, config.judge, work)
    return planned
  }

const workOn =
  (work: JudgingOptions) =>
  async (
    run: RunDirectory,
    config: BenchmarkRunConfig,
    prepared?: PlannedBenchmark,
  ): Promise<BenchmarkRun> => {
    const planned = prepared ?? (await planOf(work)(config))
    return withSurroundings(config.judge, work, async (around) => {
      const { benchmark, keepGoing } = config
      const batch = batchOptions(run, config.judge, keepGoing, work)
      const judging = await judgeOf(planned)(planned.items, config.judge, around, batch)
      const resume = `prefkit eval ${benchmark} --resume ${run.path}`
      const judged = await collect(judging.results, resume, work)
      const results = judged.map(({ judgement, error }) => judgement ?? failed(error!.message))
      const evaluation = concludeBenchmark(planned, results)
      return { run, config, judge: judging.judge, planned, results, evaluation }
    })
  }

/**
 * Evaluates a judge or reward model on a benchmark in a new run directory, which keeps each judgement as it comes.
 * @throws PrefkitError `INVALID_CONFIG`, `BAD_ROW`, `RUN_EXISTS`, `RUN_LOCKED`, `INTERRUPTED`; DatasetError for files that cannot
 *   be read; JudgeError `ITEM_FAILED` for an item that cannot be judged, `BUDGET_SPENT`, and for a server that cannot be asked.
 */
export const runBenchmark = (
  config: BenchmarkRunConfig,
  directory: string,
  work: JudgingOptions = {},
): Promise<BenchmarkRun> =>
  startRun(benchmarkRuns(config.benchmark), config, directory, {
    prepare: planOf(work),
    work: workOn(work),
    hasResults: hasJournal,
    discard: discardJournal,
  })

/**
 * Goes on with a run that was stopped or killed: what is judged is not asked again. How it is run may be otherwise, by `how`.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED`, `DATA_CORRUPT`; JudgeError `JOURNAL_MISMATCH` where the judge
 *   is not what it was; and what {@link runBenchmark} throws.
 */
export const resumeBenchmark = (
  benchmark: BenchmarkName,
  directory: string,
  work: JudgingOptions = {},
): Promise<BenchmarkRun> => {
  const kind = benchmarkRuns(benchmark)
  return continueRun(kind, directory, workOn(work), laidOver(kind, work.how))
}
