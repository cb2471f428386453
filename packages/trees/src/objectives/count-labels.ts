import type { Labelled } from './checks'
import { labelledWith, refuseData } from './checks'
import type { ObjectiveData } from './objective'
import { weightedMean } from './weighted-mean'

/** Labels of losses whose score is the logarithm of a mean: none negative, not all zero. */
export function countLabels(data: ObjectiveData, user: string): Labelled {
  const checked = labelledWith(data, user, (label) => label >= 0, 'labels of at least 0')
  if (checked.label.every((label) => label === 0)) {
    refuseData(`label is 0 everywhere; ${user} expects a label above 0`)
  }
  return checked
}

/** Logarithm of the labels' mean. */
export function logMean(checked: Labelled): number {
  return Math.log(weightedMean(checked))
}
