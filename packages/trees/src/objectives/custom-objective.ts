import { TreesError } from '../trees-error'
import type { Objective, ObjectiveData } from './objective'

/** What a custom objective or metric is told of the data: as `CheckedData`, without the features. */
export interface CustomData {
  /** `[rows]` floats; zeros where there were no labels. */
  readonly label: Float32Array
  /** `[rows]`; absent: 1 each. A custom loss has to heed it itself. */
  readonly weight?: Float32Array | undefined
  /** `[queries + 1]` row where each query begins. */
  readonly queryBoundaries?: Int32Array | undefined
  /** Comparisons of rows. */
  readonly pairs?: ObjectiveData['pairs']
}

/**
 * A loss of the user's: gradients and Hessians at `scores`, all `[classes × rows]`, class by class. `scores` is the model's
 * own memory, not to be changed or kept.
 */
export type CustomObjective = (
  scores: Float64Array,
  data: CustomData,
) => { readonly gradients: ArrayLike<number>; readonly hessians: ArrayLike<number> }

/** The part of a data set that functions of the user's are given. */
export function customData({ label, weight, queryBoundaries, pairs }: ObjectiveData): CustomData {
  return { label, weight, queryBoundaries, pairs }
}

function takeOver(name: string, values: ArrayLike<number> | undefined, into: Float32Array): void {
  if (values?.length !== into.length) {
    const message = `objective returned ${values?.length ?? 'no'} ${name}; expected ${into.length}, one for each score`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  into.set(values)
  for (let i = 0; i < into.length; i++) {
    if (Number.isFinite(into[i])) continue
    throw new TreesError(
      'INVALID_DATA',
      `objective returned ${name}[${i}] ${values[i]}; expected a finite float`,
    )
  }
}

/**
 * An objective from a function. Its model has no name of an objective, so that predictions are raw scores; there is no score
 * to start from, as in LightGBM.
 *
 * @throws TreesError, when gradients are computed: `DIMENSION_MISMATCH` for gradients or Hessians that are not one for each
 * score, `INVALID_DATA` for one that is no finite float; and what the function throws.
 */
export function customObjective(
  objective: CustomObjective,
  { num_class }: { readonly num_class: number },
  data: ObjectiveData,
): Objective {
  const given = customData(data)
  return {
    description: '',
    treesPerIteration: num_class,
    numClass: num_class,
    // A function may answer otherwise each time.
    isRandom: true,
    computeGradients(scores, gradients, hessians) {
      const result = objective(scores, given)
      takeOver('gradients', result?.gradients, gradients)
      takeOver('hessians', result?.hessians, hessians)
    },
    boostFromScore: () => 0,
    needsTraining: () => true,
  }
}
