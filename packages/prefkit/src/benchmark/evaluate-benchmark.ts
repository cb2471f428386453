import { type AlpacaEvalRow, alpacaEvalWinRates, type BenchmarkReport } from '@prefkit/evals/benchmarks'
import { sumUsages, type Usage } from '@prefkit/judges'
import { PrefkitError } from '../prefkit-error'
import type { Disagreement } from '../report/sections/disagreement-section'
import { benchmarkEntry } from './benchmark-names'
import { findDisagreements } from './find-disagreements'
import { failed, type ItemResult } from './item-result'
import { type OrderEffects, orderEffects } from './order-effects'
import type { PlannedBenchmark } from './plan-benchmark'
import type { GamedRows } from './read-gamed'
import { type OutcomeOptions, readOutcomes } from './read-outcomes'

/** What an evaluation came to. */
export interface BenchmarkEvaluation {
  /** As the benchmark reports it. */
  readonly report: BenchmarkReport
  /** What the order of responses did; absent but for pairs with a right answer. */
  readonly order?: OrderEffects
  readonly disagreements: readonly Disagreement[]
  /** What judging used; absent where nobody was asked. */
  readonly usage?: Usage
  /** Why items have no outcome, and how many for each reason. */
  readonly reasons: Readonly<Record<string, number>>
}

const reasonsOf = (results: readonly ItemResult[]): Record<string, number> => {
  const groups = Map.groupBy(
    results.filter(({ error }) => error !== undefined),
    ({ error }) => error!,
  )
  return Object.fromEntries([...groups].map(([reason, each]) => [reason, each.length]))
}

/** Scores what came of the items of a plan. */
export function concludeBenchmark(
  planned: PlannedBenchmark,
  results: readonly ItemResult[],
): BenchmarkEvaluation {
  const { kind, items, labels, score } = planned
  const usages = results.flatMap(({ usage }) => usage ?? [])
  return {
    report: score(results.map(({ outcome }) => outcome)),
    ...(kind === 'pairs' && labels && { order: orderEffects(items, labels, results) }),
    disagreements: findDisagreements(planned, results),
    ...(usages.length > 0 && { usage: sumUsages(usages) }),
    reasons: reasonsOf(results),
  }
}

/** Scores outcomes that were recorded elsewhere. @throws what `readOutcomes` throws. */
export const evaluateOutcomes = async (
  planned: PlannedBenchmark,
  files: readonly string[],
  options: OutcomeOptions,
): Promise<BenchmarkEvaluation> => concludeBenchmark(planned, await readOutcomes(files, planned, options))

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

/**
 * Scores what the data themselves have: AlpacaEval's annotations, responses to IFEval's prompts.
 * @throws PrefkitError `INVALID_CONFIG` where they have nothing to score.
 */
export function evaluateRows(planned: PlannedBenchmark, gamed?: GamedRows): BenchmarkEvaluation {
  const { config, kind } = planned
  const responses = kind === 'prompts' ? ownResponses(planned) : undefined
  if (responses) return concludeBenchmark(planned, responses)
  const report = config.benchmark === 'alpaca-eval' ? annotated(planned, gamed) : undefined
  if (report) return { report, disagreements: [], reasons: {} }
  const { title } = benchmarkEntry(config.benchmark)
  const expected =
    kind === 'prompts'
      ? 'the responses to check, as --outcomes or as a field response of the rows'
      : 'who judges, as --judge, or what was judged elsewhere, as --outcomes'
  throw new PrefkitError('INVALID_CONFIG', `${title}: expected ${expected}`)
}
