import { AdvantageError } from '../advantage-error'
import type { Matrix, MatrixLike } from '../arrays'
import { checkNames, choose } from '../check-options'
import type { MissingRewards } from '../missing-rewards'
import { checkFinite, matrixLike, type Rows, readMatrix } from '../rows'

/** A grade of {@link parRewards}. */
export interface ParGrade {
  /** The margin that δ must exceed, 0 or more. */
  above: number
  /** The reward for such a margin. */
  reward: number
}

/** Options of {@link parRewards}. */
export interface ParOptions {
  /**
   * f(δ): the last grade that the margin exceeds counts; ascending in `above`. One grade is the constant f of the
   * ablation. Default: 1.2 above 0 and 1.4 above 2, as in the paper.
   */
  grades?: readonly ParGrade[]
  /**
   * f(δ) as any function of a margin above 0, in the place of `grades`; such as one that `compileExpression` of
   * `@prefkit/expressions` makes of a formula. It is called for margins above 0 only, and has to give finite numbers.
   * Default: `grades`.
   */
  f?: (delta: number) => number
  /**
   * `exclude` accepts NaN for a rollout from which no score could be parsed: it does not count in the mean, and its reward
   * is 0, as are the rewards of all rollouts when the other response has no score. Default: `error`.
   */
  missing?: MissingRewards
}

/** Inputs of {@link parRewards}: the scores that rollouts of a judge gave to the two responses of each pair. */
export interface ParScores<M extends Matrix = Matrix, N extends Matrix = Matrix> {
  /** s^c, `[pairs, n]`: of the chosen response, one for each rollout. */
  chosenScores: M
  /** s^r, `[pairs, n]`: of the rejected response; the number of rollouts may differ. */
  rejectedScores: N
}

const paperGrades: readonly ParGrade[] = [
  { above: 0, reward: 1.2 },
  { above: 2, reward: 1.4 },
]

function checkGrades(grades: readonly ParGrade[]): void {
  const each: unknown = grades
  if (!Array.isArray(each) || each.some((grade) => typeof grade !== 'object' || grade === null)) {
    const message = `grades is ${JSON.stringify(grades)}; expected an array of { above, reward }`
    throw new AdvantageError('INVALID_OPTION', 'grades', message)
  }
  const least = grades.map((_, i) => (i === 0 ? 0 : grades[i - 1]!.above))
  const wrong = grades.findIndex(
    ({ above, reward }, i) =>
      !Number.isFinite(above) ||
      !Number.isFinite(reward) ||
      above < least[i]! ||
      (i > 0 && above === least[i]),
  )
  if (wrong === -1 && grades.length > 0) return
  const got = grades.length === 0 ? 'no grades' : `${JSON.stringify(grades[wrong])} as number ${wrong}`
  const message = `grades has ${got}; expected finite rewards and ascending margins of 0 or more`
  throw new AdvantageError('INVALID_OPTION', 'grades', message)
}

/** Mean score of each row, without NaN; NaN for a row without scores. */
function rowMeans({ data, starts }: Rows): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, row) => {
    const scored = data.subarray(starts[row], starts[row + 1]).filter((score) => !Number.isNaN(score))
    return scored.reduce((sum, score) => sum + score, 0) / scored.length
  })
}

type RewardOfMargin = (delta: number) => number

/** f as the caller gave it, checked; of grades where there is none. */
function rewardOfMargin({ f, grades }: ParOptions): RewardOfMargin {
  if (f === undefined) {
    const steps = grades === undefined ? paperGrades : grades
    checkGrades(steps)
    return (delta) => steps.findLast(({ above }) => delta > above)?.reward ?? 0
  }
  if (typeof f !== 'function' || grades !== undefined) {
    const got =
      typeof f === 'function'
        ? 'given beside grades; expected one of the two'
        : `${String(f)}; expected a function`
    throw new AdvantageError('INVALID_OPTION', 'f', `f is ${got}`)
  }
  return (delta) => {
    const reward: unknown = f(delta)
    if (typeof reward === 'number' && Number.isFinite(reward)) return reward
    throw new AdvantageError('NOT_FINITE', 'f', `f(${delta}) is ${String(reward)}; expected a finite number`)
  }
}

/** f of the margin between each score and the mean of the other response: `side` is 1 for above, −1 for below it. */
function grade(scores: Rows, means: Float64Array, side: 1 | -1, f: RewardOfMargin): Float64Array {
  const result = new Float64Array(scores.data.length)
  for (let row = 0; row < means.length; row++) {
    for (let i = scores.starts[row]!; i < scores.starts[row + 1]!; i++) {
      const margin = side * (scores.data[i]! - means[row]!)
      // NaN, the margin of a rollout without a score, is above nothing.
      result[i] = margin > 0 ? f(margin) : 0
    }
  }
  return result
}

/**
 * Preference-aware rewards (PAR) of PaTaRM: rewards of a pointwise judge, which scores one response at a time, for agreeing
 * with a comparison. A rollout on the chosen response gets 1[sᵢ^c > s̄^r]·f(sᵢ^c − s̄^r), one on the rejected response
 * 1[sᵢ^r < s̄^c]·f(s̄^c − sᵢ^r), s̄ being the mean score of the other response.
 *
 * The reward for the format of the output is not included.
 *
 * Source: 2510.24235, R_PAR. Proven against its equation: no trainer publishes it.
 *
 * @returns `chosen` and `rejected`, a reward for each rollout, in the forms of the scores.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for scores and for what `f` gives, `TOO_FEW` for a
 *   response without rollouts, `INVALID_OPTION`.
 */
export function parRewards<M extends Matrix, N extends Matrix>(
  scores: ParScores<M, N>,
  options: ParOptions = {},
): { chosen: MatrixLike<M>; rejected: MatrixLike<N> } {
  checkNames('parRewards', scores, { chosenScores: true, rejectedScores: true })
  checkNames('parRewards', options, { grades: true, f: true, missing: true })
  const { missing = 'error' } = options
  const f = rewardOfMargin(options)
  const exclude = choose('missing', missing, { error: false, exclude: true })
  const chosen = readScores('chosenScores', scores.chosenScores, exclude)
  const rejected = readScores('rejectedScores', scores.rejectedScores, exclude)
  if (chosen.starts.length !== rejected.starts.length) {
    const counts = `${rejected.starts.length - 1} pairs; expected ${chosen.starts.length - 1}, as of chosenScores`
    throw new AdvantageError('SHAPE_MISMATCH', 'rejectedScores', `rejectedScores is of ${counts}`)
  }
  return {
    chosen: matrixLike(scores.chosenScores, grade(chosen, rowMeans(rejected), 1, f), chosen),
    rejected: matrixLike(scores.rejectedScores, grade(rejected, rowMeans(chosen), -1, f), rejected),
  }
}

function readScores(parameter: string, scores: Matrix, exclude: boolean): Rows {
  const rows = readMatrix(parameter, scores)
  const where = Uint8Array.from(rows.data, (score) => (exclude && Number.isNaN(score) ? 0 : 1))
  checkFinite(parameter, rows.data, { where, starts: rows.starts })
  const empty = rows.starts.findIndex((start, row) => start === rows.starts[row + 1])
  if (empty === -1) return rows
  const message = `${parameter}[${empty}] is empty; expected at least one rollout`
  throw new AdvantageError('TOO_FEW', `${parameter}[${empty}]`, message)
}
