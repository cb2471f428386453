import { join } from 'node:path'
import type { JudgeConfig } from '../judge/judge-config'
import {
  batchOptions,
  collect,
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

const workOn =
  (work: JudgingOptions) =>
  (run: RunDirectory, config: BenchmarkRunConfig): Promise<BenchmarkRun> =>
    withSurroundings(config.judge, work, async (around) => {
      const { benchmark, task, keepGoing } = config
      const planned = await planBenchmark(config, work)
      const { judge } = itemKinds[planned.kind]
      if (!judge) {
        const message = `--judge: ${benchmarkEntry(benchmark).title}, task ${task}, is checked by programs; expected no judge`
        throw new PrefkitError('INVALID_CONFIG', message)
      }
      checkOrders(planned, config.judge, work)
      const batch = batchOptions(run, config.judge, keepGoing, work)
      const judging = await judge(planned.items, config.judge, around, batch)
      const resume = `prefkit eval ${benchmark} --resume ${run.path}`
      const judged = await collect(judging.results, resume, work)
      const results = judged.map(({ judgement, error }) => judgement ?? failed(error!.message))
      const evaluation = concludeBenchmark(planned, results)
      return { run, config, judge: judging.judge, planned, results, evaluation }
    })

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
  startRun(benchmarkRuns(config.benchmark), config, directory, { work: workOn(work), hasResults: hasJournal })

/**
 * Goes on with a run that was stopped or killed: what is judged is not asked again.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED`, `DATA_CORRUPT`; JudgeError `JOURNAL_MISMATCH` where the judge
 *   is not what it was; and what {@link runBenchmark} throws.
 */
export const resumeBenchmark = (
  benchmark: BenchmarkName,
  directory: string,
  work: JudgingOptions = {},
): Promise<BenchmarkRun> => continueRun(benchmarkRuns(benchmark), directory, workOn(work))
