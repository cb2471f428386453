import { bootstrapRatio } from '../../bootstrap-interval'
import { EvalsError } from '../../evals-error'
import { groupBy } from '../../group-by'
import type {
  Benchmark,
  BenchmarkOptions,
  BenchmarkPart,
  BenchmarkPlan,
  BenchmarkReport,
  BenchmarkTask,
} from '../shared/benchmark'
import type { Statistic } from '../shared/estimate'
import { planSettings, type ResamplingSettings } from '../shared/options'
import { type RowReader, readRows, refuseRow } from '../shared/row-reader'

/** The halves of InFoBench. */
export type InfobenchSet = 'Easy_set' | 'Hard_set'

/** An instruction of InFoBench, taken apart into questions. */
export interface InfobenchRow {
  readonly id: string
  readonly instruction: string
  /** What the instruction is about; empty where there is nothing. */
  readonly input: string
  /** The domain, such as `Business and Economics`. */
  readonly category: string
  readonly subset: InfobenchSet
  /** Yes/no questions about a response, one or more. */
  readonly questions: readonly string[]
  /** The kinds of constraint that each question is about, such as `Content`; absent in files without them. */
  readonly labels?: readonly (readonly string[])[]
  /** The response to check; absent in the authors' file of prompts. */
  readonly output?: string
}

/** A response and questions about it. A `ChecklistItem` of `@prefkit/rubrics` with an id. */
export interface ChecklistToJudge {
  /** The row's id. */
  readonly id: string
  readonly prompt: string
  readonly response: string
  readonly questions: readonly string[]
}

/** The answer to each question, null where the judge gave none; null where the judge failed. */
export type ChecklistOutcome = readonly (boolean | null)[] | null

/**
 * The decomposed requirements following ratio; `overall` is of all questions, `subsets` are the easy and the
 * hard set.
 */
export interface InfobenchReport extends BenchmarkReport {
  /** By kind of constraint: a question of two kinds counts for both. Empty without labels. */
  readonly constraints: readonly BenchmarkPart[]
  /** By domain. */
  readonly categories: readonly BenchmarkPart[]
  /** Share of responses that satisfy every question. */
  readonly allSatisfied: Statistic
  /** Questions. */
  readonly questions: number
  /** Questions without an answer, counted as no. */
  readonly unanswered: number
}

/** Takes one outcome a row: the answers to its questions. */
export type ChecklistTask = BenchmarkTask<
  'checklists',
  InfobenchRow,
  ChecklistToJudge,
  ChecklistOutcome,
  InfobenchReport
>

/** An answered question. */
interface Answered {
  readonly row: number
  readonly yes: boolean
}

/** Share of questions answered with yes; questions of one response are not independent, so responses are drawn. */
function ratioOf(answered: readonly Answered[], settings: ResamplingSettings): Statistic {
  if (answered.length === 0) return { value: null, interval: null }
  const rows = [...groupBy(answered.map(({ row }) => row)).values()]
  const totals = rows.map((of) => of.filter((at) => answered[at]!.yes).length)
  const counts = rows.map((of) => of.length)
  const value = totals.reduce((sum, total) => sum + total, 0) / answered.length
  return { value, interval: rows.length < 2 ? null : bootstrapRatio(totals, counts, settings) }
}

/** One part for each name; a question may have several. */
function partsBy(
  answered: readonly Answered[],
  namesOf: (at: number) => readonly string[],
  settings: ResamplingSettings,
): BenchmarkPart[] {
  const parts = new Map<string, Answered[]>()
  for (const [at, one] of answered.entries()) {
    for (const name of namesOf(at)) {
      const known = parts.get(name)
      if (known) known.push(one)
      else parts.set(name, [one])
    }
  }
  return Array.from(parts, ([name, of]) => ({
    name,
    rows: new Set(of.map(({ row }) => row)).size,
    ...ratioOf(of, settings),
  }))
}

function report(
  rows: readonly InfobenchRow[],
  outcomes: readonly ChecklistOutcome[],
  settings: ResamplingSettings,
): InfobenchReport {
  const places = rows.flatMap(({ questions }, row) => questions.map((_, question) => ({ row, question })))
  const answers = places.map(({ row, question }) => outcomes[row]?.[question] ?? null)
  const answered = places.map(({ row }, at): Answered => ({ row, yes: answers[at] === true }))
  const rowAt = (at: number) => rows[places[at]!.row]!
  const all = rows.map(({ questions }, row): Answered => {
    return { row, yes: questions.every((_, question) => outcomes[row]?.[question] === true) }
  })
  const subsets = partsBy(answered, (at) => [rowAt(at).subset], settings)
  return {
    benchmark: 'infobench',
    task: 'checklists',
    overall: ratioOf(answered, settings),
    subsets,
    sections: [],
    constraints: partsBy(answered, (at) => rowAt(at).labels?.[places[at]!.question] ?? [], settings),
    categories: partsBy(answered, (at) => [rowAt(at).category], settings),
    allSatisfied: ratioOf(all, settings),
    questions: places.length,
    unanswered: answers.filter((answer) => answer === null).length,
    counts: {
      rows: rows.length,
      skipped: 0,
      ties: 0,
      abstained: 0,
      failed: outcomes.filter((outcome) => outcome === null).length,
    },
    seed: settings.seed,
  }
}

function refuseOutcome(parameter: string, problem: string): never {
  throw new EvalsError('INVALID_OUTCOME', parameter, `${parameter} ${problem}`)
}

function checkOutcomes(rows: readonly InfobenchRow[], outcomes: readonly ChecklistOutcome[]): void {
  if (outcomes.length !== rows.length) {
    refuseOutcome('outcomes', `has ${outcomes.length} values for ${rows.length} items; expected one each`)
  }
  outcomes.forEach((outcome, i) => {
    const count = rows[i]!.questions.length
    if (outcome === null) return
    const fits =
      Array.isArray(outcome) &&
      outcome.length === count &&
      outcome.every((answer) => answer === null || typeof answer === 'boolean')
    if (fits) return
    refuseOutcome(
      `outcomes[${i}]`,
      `is ${JSON.stringify(outcome)}; expected ${count} answers, each true, false or null, or null`,
    )
  })
}

const checklists: ChecklistTask = {
  kind: 'checklists',
  plan: (
    rows,
    options: BenchmarkOptions = {},
  ): BenchmarkPlan<ChecklistToJudge, ChecklistOutcome, InfobenchReport> => {
    const settings = planSettings('infobench.tasks.checklists.plan', rows, options)
    const items = rows.map(({ id, input, instruction, output, questions }, index) => {
      if (output === undefined)
        return refuseRow(index, 'output', 'is missing; expected the response to check')
      return { id, prompt: input === '' ? instruction : input, response: output, questions }
    })
    return {
      items,
      score: (outcomes) => {
        checkOutcomes(rows, outcomes)
        return report(rows, outcomes, settings)
      },
    }
  },
}

function labelsOf(row: RowReader, value: unknown, questions: number): readonly (readonly string[])[] {
  const isLabels = (labels: unknown): labels is string[] =>
    Array.isArray(labels) && labels.every((label) => typeof label === 'string')
  if (Array.isArray(value) && value.length === questions && value.every(isLabels)) return value
  return row.refuse('question_label', `is not a list of ${questions} lists of strings, one for each question`)
}

/**
 * InFoBench (2401.03601): does a response meet each of the requirements that an instruction was taken apart into?
 * The ratio of questions that a judge answers with yes (DRFR, equation 1), of all rows together.
 *
 * As in the original, the judge sees the input, the response and a question, and the instruction only through the
 * questions; where there is no input, it is shown the instruction here. Questions without an answer count as no; the
 * original stops at the first one and leaves out those after it.
 *
 * Rows are those of the authors' file with `output` added: `id`, `instruction`, `input`, `category`, `subset`,
 * `decomposed_questions`, and perhaps `question_label`.
 */
export const infobench: Benchmark<InfobenchRow, { readonly checklists: ChecklistTask }> = {
  name: 'infobench',
  title: 'InFoBench',
  source: 'qinyiwei/InfoBench d72abac',
  rows: (values) =>
    readRows(values, (row, index): InfobenchRow => {
      const questions = row.texts('decomposed_questions')
      const labels = (values[index] as Record<string, unknown>).question_label
      return {
        id: row.id('id'),
        instruction: row.text('instruction'),
        input: row.has('input') ? row.text('input') : '',
        category: row.has('category') ? row.text('category') : '',
        subset: row.oneOf('subset', ['Easy_set', 'Hard_set']),
        questions,
        ...(row.has('question_label') && { labels: labelsOf(row, labels, questions.length) }),
        ...(row.has('output') && { output: row.text('output') }),
      }
    }),
  tasks: { checklists },
}
