import type { CriterionScore } from '../answers'
import { checkOptions, formatValue } from '../check-options'
import type { Rubric } from '../rubric/rubric'
import { RubricError } from '../rubric-error'

/** How scores of several criteria become one. */
export type CriteriaAggregate = 'mean' | 'weighted' | 'min' | 'geometric'

/** Options of {@link aggregateCriteria}. */
export interface AggregateCriteriaOptions {
  /**
   * `mean`; `weighted`: the mean by the rubrics' weights; `min`: the worst criterion; `geometric`: the geometric mean by the
   * weights, 0 when one criterion is at its least. Default: `weighted`.
   */
  readonly by?: CriteriaAggregate
  /**
   * `gates`: a criterion that a function verifies does not count in the aggregate, which it multiplies: the result is 0
   * where one fails. `criteria`: it counts as others do. Default: `gates`.
   */
  readonly checks?: 'gates' | 'criteria'
  /** `exclude`: rubrics without a score do not count. `error`: they are refused. Default: `error`. */
  readonly missing?: 'error' | 'exclude'
}

/** A criterion's score from 0, the least of its scale, to 1, the greatest. */
interface Part {
  readonly value: number
  readonly weight: number
  readonly gate: boolean
}

const total = (parts: readonly Part[], of: (part: Part) => number) =>
  parts.reduce((sum, part) => sum + of(part), 0)

const weight = ({ weight }: Part) => weight

/** Without the parts of no weight: 0·log 0 is NaN. */
function geometric(parts: readonly Part[]): number {
  const counting = parts.filter((part) => part.weight > 0)
  return Math.exp(total(counting, (part) => part.weight * Math.log(part.value)) / total(counting, weight))
}

const aggregates: Readonly<Record<CriteriaAggregate, (parts: readonly Part[]) => number>> = {
  mean: (parts) => total(parts, ({ value }) => value) / parts.length,
  weighted: (parts) => total(parts, (part) => part.weight * part.value) / total(parts, weight),
  min: (parts) => Math.min(...parts.map(({ value }) => value)),
  geometric,
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === 'string' && choices.includes(value)) return
  const message = `${name} is ${formatValue(value)}; expected one of ${choices.join(', ')}`
  throw new RubricError('INVALID_OPTION', name, message)
}

function scoreNamed(scores: readonly CriterionScore[], rubric: Rubric): number | undefined {
  const given = scores.filter(({ name }) => name.toLowerCase() === rubric.name.toLowerCase())
  if (given.length === 0) return undefined
  const { min, max } = rubric.scale
  const place = `scores of ${JSON.stringify(rubric.name)}`
  if (given.length > 1)
    throw new RubricError('INVALID_OPTION', 'scores', `${place}: ${given.length}; expected one`)
  const [{ score }] = given as [CriterionScore]
  if (score >= min && score <= max) return score
  throw new RubricError(
    'OUT_OF_RANGE',
    'scores',
    `${place}: ${formatValue(score)}; expected ${min} to ${max}`,
  )
}

function checkKnown(scores: readonly CriterionScore[], rubrics: readonly Rubric[]): void {
  const known = new Set(rubrics.map(({ name }) => name.toLowerCase()))
  const stranger = scores.find(({ name }) => !known.has(name.toLowerCase()))
  if (stranger === undefined) return
  const names = rubrics.map(({ name }) => name).join(', ')
  const message = `scores has ${JSON.stringify(stranger.name)}; expected names of rubrics: ${names}`
  throw new RubricError('INVALID_OPTION', 'scores', message)
}

function partsOf(
  scores: readonly CriterionScore[],
  rubrics: readonly Rubric[],
  { checks = 'gates', missing = 'error' }: AggregateCriteriaOptions,
): Part[] {
  return rubrics.flatMap((rubric) => {
    const score = scoreNamed(scores, rubric)
    if (score === undefined && missing === 'exclude') return []
    if (score === undefined) {
      const message = `scores has none of ${JSON.stringify(rubric.name)}; expected one for each rubric`
      throw new RubricError('EMPTY', 'scores', message)
    }
    const { min, max } = rubric.scale
    const gate = checks === 'gates' && rubric.check !== undefined
    return [{ value: (score - min) / (max - min), weight: rubric.weight ?? 1, gate }]
  })
}

/**
 * One score in [0, 1] from those of several criteria, each on the scale of its rubric: 0 is the least of the scale, 1 the
 * greatest. Criteria that functions verify are gates: the aggregate of the others is multiplied by theirs. Names are compared
 * without regard to case.
 *
 * Source: this package.
 *
 * @throws RubricError `EMPTY` where nothing is left to aggregate, all weights are 0, or a rubric has no score; `OUT_OF_RANGE` for
 *   a score off its scale; `INVALID_OPTION` for options, and for scores that belong to no rubric, or of which one has two.
 */
export function aggregateCriteria(
  scores: readonly CriterionScore[],
  rubrics: readonly Rubric[],
  options: AggregateCriteriaOptions = {},
): number {
  checkOptions('aggregateCriteria', options, { by: true, checks: true, missing: true })
  const { by = 'weighted', checks = 'gates', missing = 'error' } = options
  checkChoice('by', by, Object.keys(aggregates))
  checkChoice('checks', checks, ['gates', 'criteria'])
  checkChoice('missing', missing, ['error', 'exclude'])
  checkKnown(scores, rubrics)
  const parts = partsOf(scores, rubrics, options)
  const counting = parts.filter(({ gate }) => !gate)
  const gates = parts.filter(({ gate }) => gate)
  const weighs = by === 'weighted' || by === 'geometric'
  if (parts.length === 0 || (counting.length > 0 && weighs && total(counting, weight) === 0)) {
    const lacking = parts.length === 0 ? 'no scores' : 'no criterion with a weight above 0'
    throw new RubricError('EMPTY', 'scores', `scores has ${lacking}; expected one or more`)
  }
  const passed = gates.reduce((product, { value }) => product * value, 1)
  return counting.length === 0 ? passed : passed * aggregates[by](counting)
}
