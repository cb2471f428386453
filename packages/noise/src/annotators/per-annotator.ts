import { checkArray } from '../check-numbers'
import { checkRange } from '../check-options'
import { NoiseError } from '../noise-error'

/** One number for all annotators, or one for each: annotator a has that at index a. */
export type PerAnnotator = number | ArrayLike<number>

/** How to look a parameter up by annotator; the numbers are copied and checked to lie between `low` and `high`. */
export function perAnnotator(
  parameter: string,
  given: PerAnnotator,
  low: number,
  high?: number,
): (annotator: number) => number {
  if (typeof given !== 'object' || given === null) {
    checkRange(parameter, given, low, high)
    return () => given
  }
  checkArray(parameter, given, 'a number, or an array of one for each annotator')
  const values = Float64Array.from(given)
  values.forEach((value, i) => {
    checkRange(`${parameter}[${i}]`, value, low, high)
  })
  return (annotator) => {
    const value = values[annotator]
    if (value !== undefined) return value
    const message = `annotator is ${annotator}; ${parameter} has values for annotators 0 to ${values.length - 1}`
    throw new NoiseError('OUT_OF_RANGE', parameter, message)
  }
}
