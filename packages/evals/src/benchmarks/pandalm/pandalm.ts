import { EvalsError } from '../../evals-error'
import { mean } from '../../mean'
import type {
  Benchmark,
  BenchmarkOptions,
  BenchmarkPart,
  BenchmarkReport,
  PairOutcome,
  PairTask,
  PairToJudge,
} from '../shared/benchmark'
import { byName } from '../shared/by-name'
import { estimate, type RowNumbers, type Statistic, shareOf } from '../shared/estimate'
import { planSettings, type ResamplingSettings } from '../shared/options'
import { checkPairOutcomes, countVerdicts } from '../shared/outcomes'
import { type RowReader, readRows } from '../shared/row-reader'

/** 1 or 2: that response is better; 0: they are alike. */
export type PandalmLabel = 0 | 1 | 2

/** A row of PandaLM's test set. */
export interface PandalmRow {
  readonly instruction: string
  /** What the instruction is about; empty for many. */
  readonly input: string
  readonly response1: string
  readonly response2: string
  /** What people said, three of them in the published file. */
  readonly votes: readonly PandalmLabel[]
}

/** Agreement with the majority of people; `overall` is the accuracy. */
export interface PandalmReport extends BenchmarkReport {
  readonly accuracy: Statistic
  /** Plain mean over the three labels, as are recall and F1. */
  readonly precision: Statistic
  readonly recall: Statistic
  readonly f1: Statistic
  /** Share of votes that say what the judge says: agreement with a person drawn at random. */
  readonly agreementWithVotes: Statistic
  /** Rows by the majority's label, then by the judge's: 0, 1, 2. */
  readonly confusion: readonly (readonly number[])[]
}

const LABELS: readonly PandalmLabel[] = [0, 1, 2]

/** The label of more votes than any other; undefined where no label is. */
export function majorityVote(votes: readonly PandalmLabel[]): PandalmLabel | undefined {
  const counts = LABELS.map((label) => votes.filter((vote) => vote === label).length)
  const most = Math.max(...counts)
  return counts.filter((count) => count === most).length === 1 ? LABELS[counts.indexOf(most)] : undefined
}

/** PandaLM's own reading: whatever is neither 1 nor 2 is a tie. */
function labelOf(outcome: PairOutcome): PandalmLabel {
  if (outcome?.verdict === 'a') return 1
  return outcome?.verdict === 'b' ? 2 : 0
}

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)

/** Accuracy, then macro precision, recall and F1, of shares by true label and predicted label. */
function metricsOf(cells: RowNumbers): number[] {
  const size = LABELS.length
  const at = (truth: number, said: number) => cells[size * truth + said]!
  const sum = (of: (label: PandalmLabel) => number) =>
    LABELS.reduce<number>((total, label) => total + of(label), 0)
  // A label that neither people nor the judge use has no precision or recall, and is left out of the means.
  const used = LABELS.filter((label) => sum((other) => at(label, other) + at(other, label)) > 0)
  const precision = used.map((label) =>
    ratio(
      at(label, label),
      sum((other) => at(other, label)),
    ),
  )
  const recall = used.map((label) =>
    ratio(
      at(label, label),
      sum((other) => at(label, other)),
    ),
  )
  const f1 = precision.map((p, i) => ratio(2 * p * recall[i]!, p + recall[i]!))
  return [sum((label) => at(label, label)), mean(precision), mean(recall), mean(f1)]
}

const promptOf = ({ instruction, input }: PandalmRow) =>
  input === '' ? instruction : `${instruction}\n\n${input}`

const isOne = (cell: number, truth: PandalmLabel, said: PandalmLabel) =>
  Number(cell === LABELS.length * truth + said)

/** What is estimated, in order: what {@link metricsOf} gives, and the agreement with votes. */
const STATISTICS = ['accuracy', 'precision', 'recall', 'f1', 'agreementWithVotes'] as const

interface JudgedRow {
  readonly row: PandalmRow
  readonly majority: PandalmLabel
}

/** Everything but the counts, of rows and what the judge said of each. */
function statisticsOf(
  judged: readonly JudgedRow[],
  said: readonly PandalmLabel[],
  settings: ResamplingSettings,
): Omit<PandalmReport, 'counts'> {
  const numbers = judged.map(({ row, majority }, i) => [
    ...Array.from({ length: LABELS.length ** 2 }, (_, cell) => isOne(cell, majority, said[i]!)),
    row.votes.filter((vote) => vote === said[i]).length / row.votes.length,
  ])
  const combine = ([means]: readonly RowNumbers[]) => [...metricsOf(means!), means!.at(-1)!]
  const statistics = byName(STATISTICS, estimate([numbers], combine, settings))
  const recallOf = (label: PandalmLabel): BenchmarkPart => {
    const credits = judged.flatMap(({ majority }, i) =>
      majority === label ? [Number(said[i] === label)] : [],
    )
    const name = label === 0 ? 'tie' : `response ${label}`
    return { name, rows: credits.length, ...shareOf(credits, settings.confidence) }
  }
  const count = (truth: PandalmLabel, label: PandalmLabel) =>
    judged.filter(({ majority }, i) => majority === truth && said[i] === label).length
  return {
    benchmark: 'pandalm',
    task: 'pairs',
    overall: statistics.accuracy,
    ...statistics,
    confusion: LABELS.map((truth) => LABELS.map((label) => count(truth, label))),
    sections: [],
    subsets: LABELS.map(recallOf),
    seed: settings.seed,
  }
}

const pairs: PairTask<PandalmRow, PandalmReport> = {
  kind: 'pairs',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('pandalm.tasks.pairs.plan', rows, options)
    const judged = rows.flatMap((row, i) => {
      const majority = majorityVote(row.votes)
      return majority === undefined ? [] : [{ row, majority, id: String(i) }]
    })
    if (judged.length === 0) {
      throw new EvalsError(
        'EMPTY',
        'rows',
        'rows have no majority of votes; expected one row or more that has',
      )
    }
    const items: PairToJudge[] = judged.map(({ row, id }) => ({
      id,
      prompt: promptOf(row),
      a: row.response1,
      b: row.response2,
    }))
    const labels = judged.map(({ majority, id }) => ({
      row: Number(id),
      expected: (['tie', 'a', 'b'] as const)[majority],
    }))
    return {
      items,
      labels,
      score: (outcomes) => {
        checkPairOutcomes(items.length, outcomes)
        return {
          ...statisticsOf(judged, outcomes.map(labelOf), settings),
          counts: countVerdicts(judged.length, outcomes, rows.length - judged.length),
        }
      },
    }
  },
}

const asLabel = (value: number | string) => Number(value) as PandalmLabel

const labels = ['0', '1', '2', 0, 1, 2] as const

function readVotes(value: unknown, row: RowReader): PandalmLabel[] {
  const votes = (value as { votes?: unknown }).votes
  if (votes === undefined) {
    return ['label_0', 'label_1', 'label_2'].map((field) => asLabel(row.oneOf(field, labels)))
  }
  const known = (vote: unknown) => labels.some((label) => label === vote)
  if (Array.isArray(votes) && votes.length > 0 && votes.every(known)) return votes.map(asLabel)
  return row.refuse('votes', 'is not a list of 0 (tie), 1 or 2, one or more')
}

/**
 * PandaLM's test set (2306.05087): does a judge say what most of three people say: 1, 2, or a tie?
 *
 * `pairs`: each pair once, as it is. An answer that is neither response is a tie, as PandaLM's own parser has it.
 * Precision, recall and F1 are plain means over the labels that people or the judge use, as scikit-learn's `macro`. Rows
 * without a majority, of which the published file has none, are skipped. `subsets` are recalls by label.
 *
 * Fields may be those of the published file: `response1`, `response2`, `label_0` to `label_2`; or `response_1`,
 * `response_2` and `votes`.
 */
export const pandalm: Benchmark<PandalmRow, { readonly pairs: PairTask<PandalmRow, PandalmReport> }> = {
  name: 'pandalm',
  title: 'PandaLM',
  source: 'WeOpenML/PandaLM 3871806',
  rows: (values) =>
    readRows(values, (row, index) => ({
      instruction: row.text('instruction'),
      input: row.has('input') ? row.text('input') : '',
      response1: row.text(row.has('response_1') ? 'response_1' : 'response1'),
      response2: row.text(row.has('response_2') ? 'response_2' : 'response2'),
      votes: readVotes(values[index], row),
    })),
  tasks: { pairs },
}
