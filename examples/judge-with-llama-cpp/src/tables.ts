import { type Interval, wilsonInterval } from '@prefkit/evals'
import { llmbar, type PairOutcome, rmBench, type Statistic } from '@prefkit/evals/benchmarks'
import { type JudgeRecord, type JudgeVerdict, positionBias } from '@prefkit/evals/judge-quality'
import type { Answers, Probabilities, Recording } from './recording.ts'
import { readLlmbar } from './rows.ts'

const percent = (value: number) => (100 * value).toFixed(1)
const share = (value: number | null, interval: Pick<Interval, 'low' | 'high'> | null) =>
  value === null || interval === null
    ? 'none'
    : `${percent(value)} [${percent(interval.low)}, ${percent(interval.high)}]`
const statistic = ({ value, interval }: Statistic) => share(value, interval)
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Rows of cells as lines with aligned columns; the first column is flush left, the others right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

/** P(a is better) as a verdict. */
function verdictOf(probability: number | null): JudgeVerdict {
  if (probability === null) return 'abstained'
  if (probability === 0.5) return 'tie'
  return probability > 0.5 ? 'a' : 'b'
}

const outcome = (probability: number | null): PairOutcome => ({ verdict: verdictOf(probability) })

const other = (probability: number | null) => (probability === null ? null : 1 - probability)

/** ½ [P(yes | better, worse) + P(no | worse, better)]; null unless both orders have an answer. */
const together = ([first, second]: Probabilities) =>
  first === null || second === null ? null : (first + second) / 2

const isRight = (probability: number | null) => Number(probability !== null && probability > 0.5)

/** Both orders of each pair as records of a judge; the better response is a. */
const recordsOf = (answers: readonly Probabilities[], rows: readonly string[]): JudgeRecord[] =>
  answers.flatMap((pair, index) =>
    (['a', 'b'] as const).map((first, order) => {
      const winProbability = pair[order]!
      const place = { pair: index, first, label: 'a' as const, group: rows[index]! }
      const verdict = verdictOf(winProbability)
      return { ...place, verdict, ...(winProbability !== null && { winProbability }) }
    }),
  )

const missing = (answers: readonly Probabilities[]) =>
  percent(mean(answers.flat().map((probability) => Number(probability === null))))

/** Accuracy by the place of the better response, and what lies between. */
function placesTable(answers: Answers, rows: readonly string[]): string {
  const lines = Object.entries(answers).map(([name, probabilities]) => {
    const { front, back, gap } = positionBias(recordsOf(probabilities, rows))
    return [name, ...[front, back, gap].map(statistic)]
  })
  return table([['by place', 'better one first', 'better one second', 'gap'], ...lines])
}

function llmbarTable({ rows, answers }: Recording['llmbar']): string {
  const cases = readLlmbar()
  const known = rows.map((id) => cases.get(id)!.row)
  const plan = llmbar.tasks.pairs.plan(known)
  const lines = Object.entries(answers).map(([name, probabilities]) => {
    // The benchmark shows each pair as it is, then swapped; `a` is what is shown first.
    const outcomes = probabilities.flatMap(([first, second], index) =>
      known[index]!.label === 1
        ? [outcome(first), outcome(other(second))]
        : [outcome(other(second)), outcome(first)],
    )
    const { accuracy, consistency } = plan.score(outcomes)
    const right = probabilities.map((pair) => isRight(together(pair)))
    const both = mean(right)
    const interval = wilsonInterval(both * right.length, right.length)
    const cells = [statistic(accuracy), statistic(consistency), share(both, interval)]
    return [name, ...cells, missing(probabilities)]
  })
  const head = ['accuracy', 'order consistency', 'orders averaged', 'no answer']
  const scores = table([[`LLMBar, ${rows.length} of ${cases.size} rows`, ...head], ...lines])
  return `${scores}\n\n${placesTable(answers, rows)}`
}

const STYLES = [0, 1, 2]

function rmBenchTable({ rows, answers }: NonNullable<Recording['rmBench']>): string {
  // The scoring rule reads no texts: names of the responses do, and say which of a pair is the chosen one.
  const named = rows.map(({ id, domain }) => ({
    ...{ id, domain, prompt: '' },
    chosen: STYLES.map((style) => `chosen ${style}`),
    rejected: STYLES.map((style) => `rejected ${style}`),
  }))
  const plan = rmBench.tasks.pairs.plan(named)
  const rowOfPair = rows.flatMap(({ id }) => STYLES.flatMap(() => STYLES.map(() => id)))
  const lines = Object.entries(answers).map(([name, probabilities]) => {
    const outcomes = plan.items.map(({ a }, index) => {
      const probability = together(probabilities[index]!)
      return outcome(a.startsWith('chosen') ? probability : other(probability))
    })
    const { overall, easy, normal, hard } = plan.score(outcomes)
    const cells = [overall, easy, normal, hard].map(statistic)
    return [name, ...cells, missing(probabilities)]
  })
  const head = ['orders averaged', 'easy', 'normal', 'hard', 'no answer']
  const scores = table([[`RM-Bench, ${rows.length} rows`, ...head], ...lines])
  return `${scores}\n\n${placesTable(answers, rowOfPair)}`
}

/** The tables of a recording. */
export function tablesOf({ llmbar: bar, rmBench: bench }: Recording): string {
  return [llmbarTable(bar), ...(bench ? [rmBenchTable(bench)] : [])].join('\n\n')
}
