import type { CriterionScore } from '../answers'
import { formatValue } from '../check-options'
import type { ResponseItem } from '../items'
import { RubricError } from '../rubric-error'
import type { Rubric } from './rubric'

/** Whether a response satisfies a criterion, or how much of it does: a share in [0, 1]. */
export type ResponseCheck = (item: ResponseItem) => boolean | number

function checkNamed(name: string, checks: Readonly<Record<string, ResponseCheck>>): ResponseCheck {
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined
  if (typeof check === 'function') return check
  const known = Object.keys(checks).join(', ') || 'none is'
  const message = `checks has no function ${JSON.stringify(name)}; expected one of those given: ${known}`
  throw new RubricError('UNKNOWN_CHECK', `checks[${JSON.stringify(name)}]`, message)
}

function shareOf(name: string, answer: unknown): number {
  const share = typeof answer === 'boolean' ? Number(answer) : answer
  if (typeof share === 'number' && share >= 0 && share <= 1) return share
  const place = `checks[${JSON.stringify(name)}]`
  const message = `${place} answered ${formatValue(answer)}; expected true, false or a number from 0 to 1`
  throw new RubricError('INVALID_CHECK', place, message)
}

/**
 * The scores of the criteria that functions verify: for each rubric with a `check`, in order, a score on its scale,
 * `max` for true, `min` for false, and between them for a share. Rubrics without one are a judge's, and left out.
 *
 * What a check throws is thrown on. Throws `RubricError`: `UNKNOWN_CHECK` where `checks` lacks the function,
 * `INVALID_CHECK` for an answer that is neither truth value nor share.
 */
export function runChecks(
  rubrics: readonly Rubric[],
  item: ResponseItem,
  checks: Readonly<Record<string, ResponseCheck>>,
): readonly CriterionScore[] {
  return rubrics.flatMap(({ name, check, scale: { min, max } }) => {
    if (check === undefined) return []
    const share = shareOf(check, checkNamed(check, checks)(item))
    // Weighted ends instead of min + share · (max − min): exact at both ends.
    return [{ name, score: (1 - share) * min + share * max }]
  })
}
