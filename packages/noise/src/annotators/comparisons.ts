import { checkFinite, checkIntegers, checkSameLength } from '../check-numbers'
import { checkNames, formatValue, type Names } from '../check-options'
import { NoiseError } from '../noise-error'
import type { ChoiceContext } from './annotator'

/** Numbers in a row, such as a plain or a typed array. */
export type Numbers = ArrayLike<number>

/** Ones and zeros, or truth values, in a row. */
export type Flags = ArrayLike<number | boolean>

/** What is compared: one entry for each comparison in every array. Only the differences have to be there. */
export interface Comparisons {
  /** Δr = r_first − r_second: how much better the first response truly is. Finite. */
  readonly deltas: Numbers
  /** Who answers: integers from 0. Default: annotator 0 all. */
  readonly annotators?: Numbers
  /** How many comparisons the annotator answered before. Default: place in the sequence. */
  readonly times?: Numbers
  /** Whether the second response is shown first. Default: the first one is. */
  readonly swapped?: Flags
  /** Which response is the first, by number. */
  readonly firstItems?: Numbers
  /** Which response is the second, by number. */
  readonly secondItems?: Numbers
  /** Length of the first response. */
  readonly firstLengths?: Numbers
  /** Length of the second response. */
  readonly secondLengths?: Numbers
  /** Whether the annotator wrote the first response. */
  readonly firstOwned?: Flags
  /** Whether the annotator wrote the second response. */
  readonly secondOwned?: Flags
}

const names: Names<Comparisons> = {
  deltas: true,
  annotators: true,
  times: true,
  swapped: true,
  firstItems: true,
  secondItems: true,
  firstLengths: true,
  secondLengths: true,
  firstOwned: true,
  secondOwned: true,
}

const isNumbers = (given: Comparisons | Numbers): given is Numbers =>
  Array.isArray(given) || ArrayBuffer.isView(given)

/** Comparisons, checked; differences alone will do. */
export function checkedComparisons(given: Comparisons | Numbers): Comparisons {
  const comparisons = isNumbers(given) ? { deltas: given } : given
  checkNames('comparisons', comparisons, names)
  const { deltas, annotators, times, firstItems, secondItems } = comparisons
  if (deltas === undefined) {
    const message = `deltas is ${formatValue(deltas)}; expected one difference for each comparison`
    throw new NoiseError('SHAPE_MISMATCH', 'deltas', message)
  }
  checkSameLength({ ...comparisons })
  checkFinite('deltas', deltas)
  for (const [name, values] of Object.entries({ annotators, firstItems, secondItems })) {
    if (values !== undefined) checkIntegers(name, values, 0)
  }
  if (times !== undefined) checkFinite('times', times)
  return comparisons
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const numberAt = (values: ArrayLike<number | boolean> | undefined, i: number): number =>
  values === undefined ? Number.NaN : Number(values[i])

/**
 * Calls `visit` with each difference and its context, which is one object that changes from call to call. `offset` is
 * the place of the first comparison in the whole sequence.
 */
export function forEachComparison(
  comparisons: Comparisons,
  offset: number,
  visit: (delta: number, context: ChoiceContext) => void,
): void {
  const { deltas, annotators, times, swapped } = comparisons
  const context = {} as Mutable<ChoiceContext>
  for (let i = 0; i < deltas.length; i++) {
    context.index = offset + i
    context.time = times === undefined ? offset + i : times[i]!
    context.annotator = annotators === undefined ? 0 : annotators[i]!
    context.swapped = Boolean(swapped?.[i])
    context.firstItem = numberAt(comparisons.firstItems, i)
    context.secondItem = numberAt(comparisons.secondItems, i)
    context.firstLength = numberAt(comparisons.firstLengths, i)
    context.secondLength = numberAt(comparisons.secondLengths, i)
    context.firstOwned = numberAt(comparisons.firstOwned, i)
    context.secondOwned = numberAt(comparisons.secondOwned, i)
    visit(deltas[i]!, context)
  }
}
