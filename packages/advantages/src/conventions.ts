import { AdvantageError } from './advantage-error'
import { formatValue } from './check-options'

/**
 * Where trainers differ: for each function with an option `convention`, the names that it knows, its default first. What each
 * name means is said at the option or its type.
 */
export const conventions = {
  discountedReturns: ['verl', 'openrlhf', 'skyrl'],
  gdpoAdvantages: ['trl', 'verl'],
  generalizedAdvantageEstimation: ['verl', 'openrlhf', 'skyrl'],
  groupRelativeAdvantages: ['trl', 'verl', 'openrlhf', 'halos'],
  informativeGroups: ['verl', 'trl', 'openrlhf'],
  klPenalizedRewards: ['verl', 'trl', 'openrlhf'],
  overlongPenalties: ['trl', 'openrlhf', 'verl'],
  reinforcePlusPlusAdvantages: ['verl', 'openrlhf', 'skyrl'],
  reinforcePlusPlusBaselineAdvantages: ['verl', 'openrlhf'],
  rlooAdvantages: ['trl', 'verl', 'verl-vectorized', 'openrlhf'],
  tdLambdaReturns: ['verl', 'openrlhf', 'skyrl'],
  whiten: ['verl', 'trl', 'openrlhf'],
} as const satisfies Readonly<Record<string, readonly [preset: string, ...others: string[]]>>

/** The functions with an option `convention`. */
export type ConventionalFunction = keyof typeof conventions

/** The conventions that one of these functions knows: `Convention<'gdpoAdvantages'>` is `'trl' | 'verl'`. */
export type Convention<Name extends ConventionalFunction> = (typeof conventions)[Name][number]

/** The convention that the options of a function name, or its default. Throws `INVALID_OPTION` unless it knows it. */
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
