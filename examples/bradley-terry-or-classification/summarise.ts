import type { Objective } from '@prefkit/reward-models'
import type { Setting, SettingResult, TestResult } from './run-setting.ts'
import type { Pairing } from './simulate-annotations.ts'

/** A mean over test prompts and repetitions. */
export interface Estimate {
  readonly mean: number
  /** 95 %: mean ± √((1.96 · standard error over prompts)² + (t · standard error over repetitions)²). */
  readonly low: number
  readonly high: number
}

/** What is compared, each as a number a test prompt. */
export interface Measures {
  /** Order consistency. */
  readonly order: Estimate
  /** Golden score of the best of all responses. */
  readonly golden: Estimate
  /** Reward of the best of all responses, less the mean reward: the paper's improvement, in standard deviations. */
  readonly improvement: Estimate
}

/** All repetitions of a setting. */
export interface Cell extends Omit<Setting, 'replicate'>, Measures {
  readonly results: readonly SettingResult[]
  readonly errorRate: number
  readonly meanGap: number
  readonly epochs: number
  readonly seconds: number
}

/** One cell less another: same annotators, prompts and repetitions. */
export interface Contrast extends Measures {
  readonly of: 'clf − bt' | 'cross − same'
  readonly beta: number
  readonly annotations: number
  /** What both cells share besides. */
  readonly within: Pairing | Objective
  /** Repetitions in which the first is ahead in order consistency. */
  readonly ahead: number
  readonly replicates: number
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Sample variance of the mean of values; 0 for one alone, of which nothing is known. */
function varianceOfMean(values: readonly number[]): number {
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return squares / Math.max(1, values.length - 1) / values.length
}

/** Mean over repetitions, prompt by prompt. */
export const meanOfRows = (rows: readonly (readonly number[])[]): number[] =>
  rows[0]!.map((_, prompt) => mean(rows.map((row) => row[prompt]!)))

/** Student's t at 97.5 % for 1, 2, … degrees of freedom: two or three repetitions say little about their spread. */
const studentT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]

/** Beyond the table within 0.03. */
const quantile = (degrees: number): number => studentT[degrees - 1] ?? 1.96 + 2.5 / degrees

/** `rows` has a row a repetition and a column a prompt. */
export function estimate(rows: readonly (readonly number[])[]): Estimate {
  const centre = mean(rows.map(mean))
  const overPrompts = 1.96 ** 2 * varianceOfMean(meanOfRows(rows))
  const overRepetitions =
    rows.length > 1 ? quantile(rows.length - 1) ** 2 * varianceOfMean(rows.map(mean)) : 0
  const error = Math.sqrt(overPrompts + overRepetitions)
  return { mean: centre, low: centre - error, high: centre + error }
}

type Rows = Readonly<Record<keyof Measures, readonly (readonly number[])[]>>

const rowsOf = (results: readonly TestResult[]): Rows => ({
  order: results.map(({ order }) => order),
  golden: results.map(({ golden }) => golden.at(-1)!),
  // Best of 1 is the mean over all responses.
  improvement: results.map(({ rewards }) =>
    rewards.at(-1)!.map((best, prompt) => best - rewards[0]![prompt]!),
  ),
})

const minus = (a: Rows, b: Rows): Rows => {
  const difference = (name: keyof Measures) =>
    a[name].map((row, i) => row.map((value, prompt) => value - b[name][i]![prompt]!))
  return { order: difference('order'), golden: difference('golden'), improvement: difference('improvement') }
}

const measure = ({ order, golden, improvement }: Rows): Measures => ({
  order: estimate(order),
  golden: estimate(golden),
  improvement: estimate(improvement),
})

/** Measures of scores that nothing random went into. */
export const measureOnce = (result: TestResult): Measures => measure(rowsOf([result]))

/** A cell for each setting, in the order in which they come. */
export function cellsOf(results: readonly SettingResult[]): Cell[] {
  const keyOf = ({ annotations, beta, pairing, objective }: Setting) =>
    [annotations, beta, pairing, objective].join()
  return [...Map.groupBy(results, keyOf).values()].map((group) => {
    const { beta, annotations, pairing, objective } = group[0]!
    const average = (name: 'errorRate' | 'meanGap' | 'epochs' | 'seconds') =>
      mean(group.map((one) => one[name]))
    return {
      ...{ beta, annotations, pairing, objective },
      results: group,
      errorRate: average('errorRate'),
      meanGap: average('meanGap'),
      epochs: average('epochs'),
      seconds: average('seconds'),
      ...measure(rowsOf(group)),
    }
  })
}

function contrast(of: Contrast['of'], within: Contrast['within'], a: Cell, b: Cell | undefined): Contrast[] {
  if (!b) return []
  const rows = minus(rowsOf(a.results), rowsOf(b.results))
  const ahead = rows.order.filter((row) => mean(row) > 0).length
  const { beta, annotations } = a
  return [{ of, beta, annotations, within, ahead, replicates: rows.order.length, ...measure(rows) }]
}

/** Classification against Bradley–Terry, and two prompts against one, wherever both were run. */
export function contrastsOf(cells: readonly Cell[]): Contrast[] {
  const partner = (cell: Cell, change: Partial<Cell>) => {
    const wanted = { ...cell, ...change }
    const names = ['beta', 'annotations', 'pairing', 'objective'] as const
    return cells.find((one) => names.every((name) => one[name] === wanted[name]))
  }
  const objectives = cells.filter(({ objective }) => objective === 'clf')
  const pairings = cells.filter(({ pairing }) => pairing === 'cross')
  return [
    ...objectives.flatMap((cell) =>
      contrast('clf − bt', cell.pairing, cell, partner(cell, { objective: 'bt' })),
    ),
    ...pairings.flatMap((cell) =>
      contrast('cross − same', cell.objective, cell, partner(cell, { pairing: 'same' })),
    ),
  ]
}
