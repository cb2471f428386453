import { type AlpacaEvalRow, alpacaEvalWinRates, type BenchmarkReport } from '@prefkit/evals/benchmarks'
import type { JudgeQuality } from '@prefkit/evals/judge-quality'
import { sumUsages, type Usage } from '@prefkit/judges'
import { PrefkitError } from '../prefkit-error'
import type { Disagreement } from '../report/sections/disagreement-section'
import { benchmarkEntry } from './benchmark-names'
import { type FailureReasons, failureReasons } from './failure-reasons'
import { findDisagreements } from './find-disagreements'
import { failed, type ItemResult } from './item-result'
import { pairQuality } from './pair-quality'
import type { PlannedBenchmark } from './plan-benchmark'
import type { GamedRows } from './read-gamed'
import { type OutcomeOptions, readOutcomes } from './read-outcomes'

/** What an evaluation came to. */
export interface BenchmarkEvaluation {
  /** As the benchmark reports it. */
  readonly report: BenchmarkReport
  /** How far who judged is to be trusted; absent but for judges of pairs, who see them in an order. */
  readonly quality?: JudgeQuality
  readonly disagreements: readonly Disagreement[]
  /** What judging used; absent where nobody was asked. */
  readonly usage?: Usage
  /** Why items have no outcome. */
  readonly reasons: FailureReasons
  /** What is done otherwise than one may think, for people. */
  readonly notices: readonly string[]
}

/** Scores what came of the items of a plan. */
export function concludeBenchmark(
  planned: PlannedBenchmark,
  results: readonly ItemResult[],
  notices: readonly string[] = [],
): BenchmarkEvaluation {
  const { kind, items, labels, score, config } = planned
  const { seed, resamples } = config
  const quality = kind === 'pairs' ? pairQuality(items, labels, results, { seed, resamples }) : undefined
  const usages = results.flatMap(({ usage }) => usage ?? [])
  return {
    report: score(results.map(({ outcome }) => outcome)),
    ...(quality && { quality }),
    disagreements: findDisagreements(planned, results),
    ...(usages.length > 0 && { usage: sumUsages(usages) }),
    reasons: failureReasons(results),
    notices: [...planned.notices, ...notices],
  }
}

/** Scores outcomes that were recorded elsewhere. @throws what `readOutcomes` throws. */
export async function evaluateOutcomes(
  planned: PlannedBenchmark,
  files: readonly string[],
  options: OutcomeOptions,
): Promise<BenchmarkEvaluation> {
  const { results, notices } = await readOutcomes(files, planned, options)
  return concludeBenchmark(planned, results, notices)
}

/** AlpacaEval's own annotations, which its rows may have. */
function annotated(
  { rows, config: { seed, resamples } }: PlannedBenchmark,
  gamed: GamedRows | undefined,
): BenchmarkReport | undefined {
  const own = rows.map(({ row }) => row as AlpacaEvalRow)
  if (own.every(({ preference }) => preference === undefined)) return undefined
  return alpacaEvalWinRates(own, { seed, resamples, ...(gamed && { gamed }) })
}

/** Responses to IFEval's prompts that the rows themselves have. */
const ownResponses = ({ rows }: PlannedBenchmark): ItemResult[] | undefined => {
  const has = rows.some(({ value }) => typeof value.response === 'string')
  if (!has) return undefined
  return rows.map(({ value: { response } }) =>
    typeof response === 'string' ? { outcome: response, readings: [] } : failed('no response'),
  )
}

const concludeNothing = { disagreements: [], reasons: failureReasons([]) }

/**
 * Scores what the data themselves have: AlpacaEval's annotations, responses to IFEval's prompts.
 * @throws PrefkitError `INVALID_CONFIG` where they have nothing to score.
 */
export function evaluateRows(planned: PlannedBenchmark, gamed?: GamedRows): BenchmarkEvaluation {
  const { config, kind } = planned
  const responses = kind === 'prompts' ? ownResponses(planned) : undefined
  if (responses) return concludeBenchmark(planned, responses)
  const report = config.benchmark === 'alpaca-eval' ? annotated(planned, gamed) : undefined
  if (report) return { ...concludeNothing, report, notices: planned.notices }
  const { title } = benchmarkEntry(config.benchmark)
  const expected =
    kind === 'prompts'
      ? 'the responses to check, as --outcomes or as a field response of the rows'
      : 'who judges, as --judge, or what was judged elsewhere, as --outcomes'
  throw new PrefkitError('INVALID_CONFIG', `${title}: expected ${expected}`)
}
