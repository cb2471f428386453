import type { CheckedPairs } from '../data/checked-data'
import { TreesError } from '../trees-error'
import type { ObjectiveData } from './objective'

/** Throws `INVALID_DATA`. */
export function refuseData(message: string): never {
  throw new TreesError('INVALID_DATA', message)
}

/** Throws `INVALID_PARAMETER`. */
export function refuseParameter(message: string): never {
  throw new TreesError('INVALID_PARAMETER', message)
}

function checkWeights(weight: Float32Array | undefined, what: string): void {
  if (weight?.every((w) => w === 0)) refuseData(`${what} is 0 everywhere; expected a weight above 0`)
}

/** What a loss of rows reads: labels, and weights where there are any. */
export interface Labelled {
  readonly label: Float32Array
  readonly weight: Float32Array | undefined
}

/**
 * The labels and weights of a data set for `user`, an objective or a metric.
 *
 * @throws TreesError `INVALID_DATA` where there are no labels, or all weights are zero.
 */
export function labelled({ label, hasLabel, weight }: ObjectiveData, user: string): Labelled {
  if (!hasLabel) refuseData(`label is missing; ${user} needs one for each row`)
  checkWeights(weight, 'weight')
  return { label, weight }
}

/** As {@link labelled}, with every label checked for what `user` takes. */
export function labelledWith(
  data: ObjectiveData,
  user: string,
  accepts: (label: number) => boolean,
  expected: string,
): Labelled {
  const checked = labelled(data, user)
  const index = checked.label.findIndex((label) => !accepts(label))
  if (index >= 0) refuseData(`label[${index}] is ${checked.label[index]}; ${user} expects ${expected}`)
  return checked
}

/** The classes 0 to K − 1 that labels name. LightGBM cuts fractions off; here they are refused. */
export function classLabels(data: ObjectiveData, user: string, classes: number): Labelled {
  const accepts = (label: number) => Number.isInteger(label) && label >= 0 && label < classes
  return labelledWith(data, user, accepts, `a class, a whole number from 0 to num_class − 1 = ${classes - 1}`)
}

/** Labels from 0 to 1. */
export function shareLabels(data: ObjectiveData, user: string): Labelled {
  return labelledWith(data, user, (label) => label >= 0 && label <= 1, 'a number from 0 to 1')
}

/** Where queries begin. */
export function queriesOf({ queryBoundaries }: ObjectiveData, user: string): Int32Array {
  return queryBoundaries ?? refuseData(`group is missing; ${user} needs the rows of each query`)
}

/** Comparisons of rows. */
export function pairsOf({ pairs }: ObjectiveData, user: string): CheckedPairs {
  if (pairs === undefined) refuseData(`pairs is missing; ${user} needs comparisons of rows`)
  checkWeights(pairs.weight, 'pairs.weight')
  return pairs
}
