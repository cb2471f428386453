import { requireChoice } from './loss-error'

/**
 * Where trainers differ: for each function with an option `convention`, the names that it accepts, its default first. What each
 * name means is documented at the option.
 *
 * The reductions are verl's aggregation modes and default to `verl`; everything else defaults to `trl`. Exceptions, with their
 * reasons: `nashMdLoss` defaults to `paper`, because the mean gradient of TRL's penalty is not that of the divergence;
 * `orpoLoss` defaults to `paper`, because TRL's likelihood needs log-probabilities of the prompts; `rebelLoss` defaults to
 * `paper`, because no trainer has it.
 */
export const conventions = {
  cispoLoss: ['trl', 'verl'],
  cpoLoss: ['trl', 'paper'],
  dpoLoss: ['trl', 'openrlhf'],
  gmpoLoss: ['trl', 'verl'],
  gspoLoss: ['trl', 'verl'],
  klLoss: ['trl', 'verl', 'openrlhf'],
  ktoLoss: ['trl', 'halos'],
  nashMdLoss: ['paper', 'trl'],
  orpoLoss: ['paper', 'trl'],
  ppoLoss: ['trl', 'verl', 'openrlhf'],
  rebelLoss: ['paper', 'authors'],
  rolloutWeights: ['trl', 'verl'],
  sapoLoss: ['trl', 'verl'],
  sequenceMeanTokenMean: ['verl', 'trl'],
  sequenceMeanTokenSum: ['verl', 'trl'],
} as const satisfies Readonly<Record<string, readonly [preset: string, ...others: string[]]>>

/** The functions with an option `convention`. */
export type ConventionalFunction = keyof typeof conventions

/** The conventions that one of these functions knows: `Convention<'ppoLoss'>` is `'trl' | 'verl' | 'openrlhf'`. */
export type Convention<Name extends ConventionalFunction> = (typeof conventions)[Name][number]

/**
 * The convention that the options of a function name, or its default.
 * @throws LossError `INVALID_OPTION` unless the function knows it.
 */
export function conventionOf<Name extends ConventionalFunction>(
  name: Name,
  options: { readonly convention?: Convention<NoInfer<Name>> },
): Convention<Name> {
  const { convention = conventions[name][0] } = options
  requireChoice(name, 'convention', convention, conventions[name])
  return convention
}
