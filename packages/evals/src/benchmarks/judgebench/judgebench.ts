import type {
  Benchmark,
  BenchmarkOptions,
  BenchmarkPart,
  BenchmarkReport,
  OutcomeCounts,
  PairTask,
  ScoreTask,
} from '../shared/benchmark'
import { type Statistic, shareOf } from '../shared/estimate'
import { planSettings, type ResamplingSettings } from '../shared/options'
import { checkPairOutcomes, checkScoreOutcomes, countScores, countVerdicts } from '../shared/outcomes'
import { readRows } from '../shared/row-reader'
import { inBothOrders, labelsInBothOrders, type Winner, winnersOf } from '../shared/two-orders'

/** A row of JudgeBench. */
export interface JudgebenchRow {
  /** Where the question is from, such as `mmlu-pro-health`. */
  readonly source: string
  /** The model that wrote both responses; the published splits are one each. */
  readonly responseModel?: string
  readonly question: string
  readonly responseA: string
  readonly responseB: string
  /** Which response is correct. */
  readonly label: 'A>B' | 'B>A'
}

/** Accuracy, and what the other rows are; `sections` are the four categories. */
export interface JudgebenchReport extends BenchmarkReport {
  /** Share of rows where the two orders add up to the wrong response. */
  readonly incorrect: Statistic
  /** Share of rows where the two orders cancel out, or say nothing. */
  readonly undecided: Statistic
  /** Share of rows whose orders differ; null where each row is judged once. */
  readonly inconsistent: Statistic | null
}

/** The categories of the paper, by the start of a row's source. */
const CATEGORIES = [
  { name: 'Knowledge', source: 'mmlu-pro' },
  { name: 'Reasoning', source: 'livebench-reasoning' },
  { name: 'Math', source: 'livebench-math' },
  { name: 'Coding', source: 'livecodebench' },
] as const

interface RowResult {
  /** Orders that are right − orders that are wrong. */
  readonly balance: number
  readonly inconsistent?: boolean
}

function report(
  task: string,
  rows: readonly JudgebenchRow[],
  results: readonly RowResult[],
  counts: OutcomeCounts,
  settings: ResamplingSettings,
): JudgebenchReport {
  const share = (test: (result: RowResult) => boolean | undefined, source = '') =>
    shareOf(
      results.filter((_, i) => rows[i]!.source.startsWith(source)).map((result) => Number(test(result))),
      settings.confidence,
    )
  const correct = ({ balance }: RowResult) => balance > 0
  const rowsOf = (source: string) => rows.filter((row) => row.source.startsWith(source)).length
  const part = (name: string, source: string): BenchmarkPart => ({
    name,
    rows: rowsOf(source),
    ...share(correct, source),
  })
  const once = results.every(({ inconsistent }) => inconsistent === undefined)
  return {
    benchmark: 'judgebench',
    task,
    overall: share(correct),
    sections: CATEGORIES.map(({ name, source }) => part(name, source)),
    subsets: [...new Set(rows.map(({ source }) => source))].map((source) => ({
      name: source,
      rows: rows.filter((row) => row.source === source).length,
      ...shareOf(
        results.filter((_, i) => rows[i]!.source === source).map((result) => Number(correct(result))),
        settings.confidence,
      ),
    })),
    incorrect: share(({ balance }) => balance < 0),
    undecided: share(({ balance }) => balance === 0),
    inconsistent: once ? null : share(({ inconsistent }) => inconsistent),
    counts,
    seed: settings.seed,
  }
}

const balanceOf = (winners: readonly Winner[], label: JudgebenchRow['label']): number => {
  const [right, wrong]: Winner[] = label === 'A>B' ? ['first', 'second'] : ['second', 'first']
  return winners.reduce((sum, winner) => sum + Number(winner === right) - Number(winner === wrong), 0)
}

const pairs: PairTask<JudgebenchRow, JudgebenchReport> = {
  kind: 'pairs',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('judgebench.tasks.pairs.plan', rows, options)
    const items = inBothOrders(
      rows.map(({ question, responseA, responseB }) => ({
        prompt: question,
        first: responseA,
        second: responseB,
      })),
    )
    const labels = labelsInBothOrders(
      rows.map(({ label, source }) => ({ right: label === 'A>B' ? 1 : 2, group: source })),
    )
    return {
      items,
      labels,
      score: (outcomes) => {
        checkPairOutcomes(items.length, outcomes)
        const results = rows.map(({ label }, i) => {
          const winners = winnersOf(outcomes, i)
          return { balance: balanceOf(winners, label), inconsistent: winners[0] !== winners[1] }
        })
        return report('pairs', rows, results, countVerdicts(rows.length, outcomes), settings)
      },
    }
  },
}

const scores: ScoreTask<JudgebenchRow, JudgebenchReport> = {
  kind: 'responses',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('judgebench.tasks.scores.plan', rows, options)
    const items = rows.flatMap(({ question, responseA, responseB }, i) => [
      { id: `${i}:A`, prompt: question, response: responseA },
      { id: `${i}:B`, prompt: question, response: responseB },
    ])
    const labels = rows.flatMap(({ label, source: group }, row) =>
      ['A>B', 'B>A'].map((order) => ({ row, group, expected: Number(label === order) })),
    )
    return {
      items,
      labels,
      score: (outcomes) => {
        checkScoreOutcomes(items.length, outcomes)
        let ties = 0
        const results = rows.map(({ label }, i) => {
          const [a, b] = [outcomes[2 * i]!, outcomes[2 * i + 1]!]
          if (a === null || b === null) return { balance: 0 }
          if (a === b) ties++
          // A tie is B's, as in the original.
          return { balance: balanceOf([a > b ? 'first' : 'second'], label) }
        })
        return report('scores', rows, results, countScores(rows.length, outcomes, ties), settings)
      },
    }
  },
}

/**
 * JudgeBench (2410.12784): which of two responses to a hard question is correct?
 *
 * - `pairs`, for judges: both orders; each adds 1 where it is right and takes 1 where it is wrong, a tie or no answer
 *   doing neither, and a row is correct where the sum is positive. So one right order and one tie are correct, and two
 *   orders that contradict each other are not.
 * - `scores`, for reward models: one comparison a row; equal scores are read as B > A, as in the original, and a row with
 *   a missing score is not correct.
 *
 * The published numbers are of one response model each: 350 rows by GPT-4o, 270 by Claude 3.5 Sonnet.
 */
export const judgebench: Benchmark<
  JudgebenchRow,
  {
    readonly pairs: PairTask<JudgebenchRow, JudgebenchReport>
    readonly scores: ScoreTask<JudgebenchRow, JudgebenchReport>
  }
> = {
  name: 'judgebench',
  title: 'JudgeBench',
  source: 'ScalerLab/JudgeBench e2c52c2',
  rows: (values) =>
    readRows(values, (row) => ({
      source: row.text('source'),
      ...(row.has('response_model') ? { responseModel: row.text('response_model') } : {}),
      question: row.text('question'),
      responseA: row.text('response_A'),
      responseB: row.text('response_B'),
      label: row.oneOf('label', ['A>B', 'B>A']),
    })),
  tasks: { pairs, scores },
}
