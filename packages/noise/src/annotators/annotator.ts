import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNames,
  checkRange,
  type Names,
} from '../check-options'

/** How likely each answer to one comparison is; the three add up to one. */
export interface Choice {
  /** Probability of choosing the first response. */
  readonly first: number
  /** Probability of choosing the second response. */
  readonly second: number
  /** Probability of calling it a tie. */
  readonly tie: number
}

/** What an annotator sees of one comparison, besides how much better the first response is. */
export interface ChoiceContext {
  /** Place of the comparison in the whole sequence, from 0. */
  readonly index: number
  /** How many comparisons the annotator has answered before this one; see `withFatigue`. */
  readonly time: number
  /** Who answers: an integer from 0. */
  readonly annotator: number
  /** True when the second response is shown first. */
  readonly swapped: boolean
  /** Which response is the first; NaN where it is not said. */
  readonly firstItem: number
  /** Which response is the second; NaN where it is not said. */
  readonly secondItem: number
  /** Length of the first response, in any one unit; NaN where it is not said. */
  readonly firstLength: number
  /** Length of the second response; NaN where it is not said. */
  readonly secondLength: number
  /** 1 when the annotator wrote the first response, 0 when not; NaN where it is not said. */
  readonly firstOwned: number
  /** 1 when the annotator wrote the second response, 0 when not; NaN where it is not said. */
  readonly secondOwned: number
}

/**
 * A model of an annotator: from the utility difference Δr = r_first − r_second and what else there is to see, to the
 * probability of each answer. Pure: the same comparison has the same probabilities, whatever was asked before. The
 * context is only valid during the call.
 */
export type Annotator = (delta: number, context: ChoiceContext) => Choice

/** Makes one annotator of another, such as one who prefers what is shown first. */
export type Modifier = (annotator: Annotator) => Annotator

/** Throws `INVALID_OPTION` unless this is a function, as annotators are. */
export const checkAnnotator = (parameter: string, annotator: unknown): void =>
  checkFunction(parameter, annotator, 'an annotator such as logisticAnnotator()')

const names: Names<ChoiceContext> = {
  index: true,
  time: true,
  annotator: true,
  swapped: true,
  firstItem: true,
  secondItem: true,
  firstLength: true,
  secondLength: true,
  firstOwned: true,
  secondOwned: true,
}

/**
 * A context for asking an annotator about one comparison: annotator 0, first comparison, first response shown first,
 * nothing said of items, lengths and authors, except what is given.
 *
 * Source: this package. Proven against its definition.
 *
 * @throws NoiseError `INVALID_OPTION` for a name that a context has not; `OUT_OF_RANGE`.
 */
export function choiceContext(given: Partial<ChoiceContext> = {}): ChoiceContext {
  checkNames('choiceContext', given, names)
  const { index = 0, time = 0, annotator = 0, swapped = false, ...unsaid } = given
  checkInteger('index', index, 0)
  checkRange('time', time, Number.NEGATIVE_INFINITY)
  checkInteger('annotator', annotator, 0)
  checkBoolean('swapped', swapped)
  for (const [name, value] of Object.entries(unsaid)) {
    if (!Number.isNaN(value)) checkRange(name, value, Number.NEGATIVE_INFINITY)
  }
  return {
    index: 0,
    time: 0,
    annotator: 0,
    swapped: false,
    firstItem: Number.NaN,
    secondItem: Number.NaN,
    firstLength: Number.NaN,
    secondLength: Number.NaN,
    firstOwned: Number.NaN,
    secondOwned: Number.NaN,
    ...given,
  }
}
