import type { CriterionScore } from '../answers'
import { checkOptions, formatValue } from '../check-options'
import { checkChoice } from '../formats/check-choice'
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
  /**
   * `exclude`: criteria that count and have no score are left out, one at least being left. `error`: they are refused. A gate
   * without a score, whose function was not run, is always refused. Default: `error`.
   */
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

const isGate = ({ check }: Rubric, checks: AggregateCriteriaOptions['checks']) =>
  checks === 'gates' && check !== undefined

function partsOf(
  scores: readonly CriterionScore[],
  rubrics: readonly Rubric[],
  { checks = 'gates', missing = 'error' }: AggregateCriteriaOptions,
): Part[] {
  return rubrics.flatMap((rubric) => {
    const score = scoreNamed(scores, rubric)
    const gate = isGate(rubric, checks)
    if (score === undefined && missing === 'exclude' && !gate) return []
    if (score === undefined) {
      const each = missing === 'exclude' ? 'rubric that is a gate' : 'rubric'
      const message = `scores has none of ${JSON.stringify(rubric.name)}; expected one for each ${each}`
      throw new RubricError('EMPTY', 'scores', message)
    }
    const { min, max } = rubric.scale
    return [{ value: (score - min) / (max - min), weight: rubric.weight ?? 1, gate }]
  })
}

function checkWeights(counting: readonly Part[], by: CriteriaAggregate): void {
  const weighs = by === 'weighted' || by === 'geometric'
  if (counting.length === 0 || !weighs || total(counting, weight) > 0) return
  const message = 'scores has no criterion with a weight above 0; expected one or more'
  throw new RubricError('EMPTY', 'scores', message)
}

/**
 * One score in [0, 1] from those of several criteria, each on the scale of its rubric: 0 is the least of the scale, 1 the
 * greatest. Criteria that functions verify are gates: the aggregate of the others is multiplied by theirs, which
 * is the score where all rubrics are gates. Names are compared without regard to case.
 *
 * Source: this package.
 *
 * @throws RubricError `EMPTY` where no criterion that counts has a score, all weights are 0, or a rubric has no score; `OUT_OF_RANGE` for
 *   a score off its scale; `INVALID_OPTION` for options, and for scores that belong to no rubric, or of which one has two.
 */
export function aggregateCriteria(
  scores: readonly CriterionScore[],
  rubrics: readonly Rubric[],
  options: AggregateCriteriaOptions = {},
): number {
  checkOptions('aggregateCriteria', options, { by: true, checks: true, missing: true })
  const { by = 'weighted', checks = 'gates', missing = 'error' } = options
  checkChoice('by', by, aggregates)
  checkChoice('checks', checks, { gates: true, criteria: true })
  checkChoice('missing', missing, { error: true, exclude: true })
  checkKnown(scores, rubrics)
  const parts = partsOf(scores, rubrics, options)
  const counting = parts.filter(({ gate }) => !gate)
  const gates = parts.filter(({ gate }) => gate)
  checkWeights(counting, by)
  // A judge whose every score is missing did not judge: what gates let through is not perfect for that.
  if (counting.length === 0 && (parts.length === 0 || !rubrics.every((each) => isGate(each, checks)))) {
    const message = 'scores has none of a criterion that counts; expected one or more'
    throw new RubricError('EMPTY', 'scores', message)
  }
  const passed = gates.reduce((product, { value }) => product * value, 1)
  return counting.length === 0 ? passed : passed * aggregates[by](counting)
}
