import { mean } from '../../mean'
import type {
  Benchmark,
  BenchmarkOptions,
  BenchmarkReport,
  OutcomeCounts,
  PairTask,
  ScoreTask,
} from '../shared/benchmark'
import { byName } from '../shared/by-name'
import { estimate, type RowNumbers, type Statistic } from '../shared/estimate'
import { planSettings, type ResamplingSettings } from '../shared/options'
import { checkPairOutcomes, checkScoreOutcomes, countScores, countVerdicts } from '../shared/outcomes'
import { readRows } from '../shared/row-reader'
import { inBothOrders, labelsInBothOrders, type Winner, winnersOf } from '../shared/two-orders'

/** A row of LLMBar. */
export interface LlmbarRow {
  /** Such as `LLMBar/Natural`; the files do not have it, so it is `LLMBar` where it is missing. */
  readonly subset: string
  readonly instruction: string
  readonly output1: string
  readonly output2: string
  /** Which output follows the instruction. */
  readonly label: 1 | 2
}

/** What LLMBar measures, each a share of rows. */
export interface LlmbarStatistics {
  /** Mean of both orders' accuracy. */
  readonly accuracy: Statistic
  /** Accuracy with the outputs as they are. */
  readonly accuracyUnswapped: Statistic
  /** Accuracy with the outputs swapped. */
  readonly accuracySwapped: Statistic
  /** Both orders give the same winner; two answers without one count as the same, as in the original. */
  readonly consistency: Statistic
  /** Both orders are right. */
  readonly bothCorrect: Statistic
}

/** Accuracy and order consistency, of all rows and of each subset; `overall` is the accuracy. */
export interface LlmbarReport extends BenchmarkReport, LlmbarStatistics {
  /** The same by subset. */
  readonly bySubset: readonly ({ readonly name: string; readonly rows: number } & LlmbarStatistics)[]
}

type Winners = readonly [Winner, Winner]

const COLUMNS = ['accuracyUnswapped', 'accuracySwapped', 'consistency', 'bothCorrect'] as const

/** What a row counts for, in the order of {@link COLUMNS}. */
function rowNumbers([unswapped, swapped]: Winners, label: 1 | 2): RowNumbers {
  const right: Winner = label === 1 ? 'first' : 'second'
  const [first, second] = [Number(unswapped === right), Number(swapped === right)]
  return [first, second, Number(unswapped === swapped), first * second]
}

function statisticsOf(rows: readonly RowNumbers[], settings: ResamplingSettings): LlmbarStatistics {
  // Accuracy is the mean of the first two columns, and stands before them.
  const combine = ([means]: readonly RowNumbers[]) => [mean(means!.slice(0, 2)), ...means!]
  return byName(['accuracy', ...COLUMNS], estimate([rows], combine, settings))
}

function report(
  task: string,
  rows: readonly LlmbarRow[],
  winners: readonly Winners[],
  counts: OutcomeCounts,
  settings: ResamplingSettings,
): LlmbarReport {
  const numbers = rows.map(({ label }, i) => rowNumbers(winners[i]!, label))
  const names = [...new Set(rows.map(({ subset }) => subset))]
  const bySubset = names.map((name) => {
    const of = numbers.filter((_, i) => rows[i]!.subset === name)
    return { name, rows: of.length, ...statisticsOf(of, settings) }
  })
  const all = statisticsOf(numbers, settings)
  return {
    benchmark: 'llmbar',
    task,
    overall: all.accuracy,
    ...all,
    sections: [],
    subsets: bySubset.map(({ name, rows, accuracy }) => ({ name, rows, ...accuracy })),
    bySubset,
    counts,
    seed: settings.seed,
  }
}

const pairOf = ({ instruction, output1, output2 }: LlmbarRow) => ({
  prompt: instruction,
  first: output1,
  second: output2,
})

/** LLMBar has no ties: a judge that says so has named no winner. */
const withoutTies = (winner: Winner): Winner => (winner === 'tie' ? undefined : winner)

const pairs: PairTask<LlmbarRow, LlmbarReport> = {
  kind: 'pairs',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('llmbar.tasks.pairs.plan', rows, options)
    const items = inBothOrders(rows.map(pairOf))
    const labels = labelsInBothOrders(rows.map(({ label, subset }) => ({ right: label, group: subset })))
    return {
      items,
      labels,
      score: (outcomes) => {
        checkPairOutcomes(items.length, outcomes)
        const winners = rows.map((_, i) => {
          const [unswapped, swapped] = winnersOf(outcomes, i)
          return [withoutTies(unswapped), withoutTies(swapped)] as const
        })
        return report('pairs', rows, winners, countVerdicts(rows.length, outcomes), settings)
      },
    }
  },
}

/** A tie, or a score that is missing, is a winner in either order that the other order contradicts. */
function winnersByScore(first: number | null, second: number | null): Winners {
  if (first === null || second === null || first === second) {
    return first === null || second === null ? ['first', 'second'] : ['second', 'first']
  }
  return first > second ? ['first', 'first'] : ['second', 'second']
}

const scores: ScoreTask<LlmbarRow, LlmbarReport> = {
  kind: 'responses',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('llmbar.tasks.scores.plan', rows, options)
    const items = rows.flatMap(({ instruction, output1, output2 }, i) => [
      { id: `${i}:1`, prompt: instruction, response: output1 },
      { id: `${i}:2`, prompt: instruction, response: output2 },
    ])
    const labels = rows.flatMap(({ label, subset: group }, row) =>
      [1, 2].map((output) => ({ row, group, expected: Number(label === output) })),
    )
    return {
      items,
      labels,
      score: (outcomes) => {
        checkScoreOutcomes(items.length, outcomes)
        const pairs = rows.map((_, i) => [outcomes[2 * i]!, outcomes[2 * i + 1]!] as const)
        const ties = pairs.filter(([first, second]) => first !== null && first === second).length
        const winners = pairs.map(([first, second]) => winnersByScore(first, second))
        return report('scores', rows, winners, countScores(rows.length, outcomes, ties), settings)
      },
    }
  },
}

/**
 * LLMBar (2310.07641): which output follows the instruction, and does the answer survive a swap?
 *
 * - `pairs`, for judges: both orders of each pair. An answer without a winner, a tie among them, is wrong.
 * - `scores`, for judges that rate one output at a time and for reward models. A tie is right in one order only, and so is
 *   a row with a missing score.
 *
 * Rows are taken with `instruction` or, as the files have it, `input`.
 */
export const llmbar: Benchmark<
  LlmbarRow,
  {
    readonly pairs: PairTask<LlmbarRow, LlmbarReport>
    readonly scores: ScoreTask<LlmbarRow, LlmbarReport>
  }
> = {
  name: 'llmbar',
  title: 'LLMBar',
  source: 'princeton-nlp/LLMBar 900616b',
  rows: (values) =>
    readRows(values, (row) => ({
      subset: row.has('subset') ? row.text('subset') : 'LLMBar',
      instruction: row.text(row.has('input') ? 'input' : 'instruction'),
      output1: row.text('output_1'),
      output2: row.text('output_2'),
      label: row.oneOf('label', [1, 2]),
    })),
  tasks: { pairs, scores },
}
