import { AdvantageError } from './advantage-error'
import { formatValue } from './check-options'

/**
 * Where trainers differ: for each function with an option `convention`, the names that it accepts, its default first. What
 * each name means is documented at the option or its type.
 *
 * The default is the convention of the trainer that the method comes from or is mainly used in: OpenRLHF for REINFORCE++,
 * verl for the filter of DAPO. For every other method it is TRL's. Exceptions, with their reasons: the estimators over time
 * default to `verl`, because TRL defines nothing for masked steps inside a row; `overlongPenalties` defaults to `trl`, which
 * is the equation of the paper, whereas verl's penalty keeps growing beyond the longest length.
 */
export const conventions = {
  discountedReturns: ['verl', 'openrlhf', 'skyrl'],
  gdpoAdvantages: ['trl', 'verl'],
  generalizedAdvantageEstimation: ['verl', 'openrlhf', 'skyrl'],
  groupRelativeAdvantages: ['trl', 'verl', 'openrlhf', 'halos'],
  informativeGroups: ['verl', 'trl', 'openrlhf'],
  klPenalizedRewards: ['trl', 'verl', 'openrlhf'],
  overlongPenalties: ['trl', 'openrlhf', 'verl'],
  reinforcePlusPlusAdvantages: ['openrlhf', 'verl', 'skyrl'],
  reinforcePlusPlusBaselineAdvantages: ['openrlhf', 'verl'],
  rlooAdvantages: ['trl', 'verl', 'verl-vectorized', 'openrlhf'],
  tdLambdaReturns: ['verl', 'openrlhf', 'skyrl'],
  whiten: ['trl', 'verl', 'openrlhf'],
} as const satisfies Readonly<Record<string, readonly [preset: string, ...others: string[]]>>

/** The functions with an option `convention`. */
export type ConventionalFunction = keyof typeof conventions

/** The conventions that one of these functions accepts: `Convention<'gdpoAdvantages'>` is `'trl' | 'verl'`. */
export type Convention<Name extends ConventionalFunction> = (typeof conventions)[Name][number]

/** The convention that the options of a function name, or its default. Throws `INVALID_OPTION` for an unknown one. */
export function conventionOf<Name extends ConventionalFunction>(
  name: Name,
  options: { readonly convention?: Convention<NoInfer<Name>> },
): Convention<Name> {
  const known: readonly Convention<Name>[] = conventions[name]
  const { convention = known[0]! } = options
  if (known.includes(convention)) return convention
  const message = `convention is ${formatValue(convention)}; expected one of ${known.join(', ')}`
  throw new AdvantageError('INVALID_OPTION', 'convention', message)
}
