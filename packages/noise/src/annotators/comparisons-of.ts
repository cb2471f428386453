import { checkColumns, checkFinite, checkIntegers, checkSameLength } from '../check-numbers'
import { checkNames } from '../check-options'
import type { Comparisons, Flags, Numbers } from './comparisons'

/** A table of responses, one entry for each in every array. */
export interface Responses {
  /** True reward r of each response. Finite. */
  readonly scores: Numbers
  /** Length of each response, in any one unit. */
  readonly lengths?: Numbers
  /** Annotator who wrote each response, as judges that are language models do; −1 for none. */
  readonly authors?: Numbers
}

/** Which responses are compared, by their place in the table, one entry for each pair. */
export interface Pairs {
  /** The first response of each pair. */
  readonly first: Numbers
  /** The second response of each pair. */
  readonly second: Numbers
}

/** Who answers what, and how it is shown: one entry for each annotation. */
export interface Assignment {
  /** Which pair, by its place. Default: each pair once, in order. */
  readonly comparisons?: Numbers
  /** Who answers. Default: annotator 0. */
  readonly annotators?: Numbers
  /** How many the annotator answered before. Default: place in the sequence. */
  readonly times?: Numbers
  /** Whether the second response is shown first. Default: the first one is. */
  readonly swapped?: Flags
}

// Loops rather than `from` with a function, which takes ten times as long over a million entries.
function gather(values: Numbers, places: Numbers): Float64Array {
  const result = new Float64Array(places.length)
  for (let i = 0; i < result.length; i++) result[i] = values[places[i]!]!
  return result
}

const optionally = (values: Numbers | undefined, places: Numbers): Float64Array | undefined =>
  values && gather(values, places)

function differences(values: Numbers, first: Numbers, second: Numbers): Float64Array {
  const result = new Float64Array(first.length)
  for (let i = 0; i < result.length; i++) result[i] = values[first[i]!]! - values[second[i]!]!
  return result
}

function owned(authors: Numbers, items: Numbers, annotators: Numbers | undefined): Uint8Array {
  const result = new Uint8Array(items.length)
  for (let i = 0; i < result.length; i++) result[i] = Number(authors[items[i]!] === (annotators?.[i] ?? 0))
  return result
}

/** The entries that are there. */
const given = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T

/**
 * Comparisons of responses in a table: what annotators see of each pair, Δr = scores[first] − scores[second] first of all.
 *
 * Source: this package. Proven against its definition.
 *
 * @param pairs `[P]`, such as a pairing design gives.
 * @param assignment `[N]`, such as `assignAnnotators` gives. Default: annotator 0 answers each pair once.
 * @returns `[N]` of each, or `[P]` without an assignment.
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE` for a place beyond the table, `INVALID_OPTION`.
 */
export function comparisonsOf(responses: Responses, pairs: Pairs, assignment: Assignment = {}): Comparisons {
  checkNames('responses', responses, { scores: true, lengths: true, authors: true })
  checkNames('pairs', pairs, { first: true, second: true })
  checkNames('assignment', assignment, { comparisons: true, annotators: true, times: true, swapped: true })
  const { scores, lengths, authors } = responses
  checkColumns({ scores, 'pairs.first': pairs.first, 'pairs.second': pairs.second }, 'an array of numbers')
  checkSameLength({ scores, lengths, authors })
  checkFinite('scores', scores)
  if (lengths !== undefined) checkFinite('lengths', lengths)
  if (authors !== undefined) checkIntegers('authors', authors, -1)
  checkSameLength({ 'pairs.first': pairs.first, 'pairs.second': pairs.second })
  checkIntegers('pairs.first', pairs.first, 0, scores.length)
  checkIntegers('pairs.second', pairs.second, 0, scores.length)
  const { comparisons, annotators, times, swapped } = assignment
  checkSameLength({ comparisons, annotators, times, swapped })
  if (comparisons !== undefined) checkIntegers('comparisons', comparisons, 0, pairs.first.length)
  if (annotators !== undefined) checkIntegers('annotators', annotators, 0)
  if (times !== undefined) checkFinite('times', times)
  const firstItems = comparisons ? gather(pairs.first, comparisons) : pairs.first
  const secondItems = comparisons ? gather(pairs.second, comparisons) : pairs.second
  checkSameLength({ pairs: firstItems, annotators, times, swapped })
  return given({
    deltas: differences(scores, firstItems, secondItems),
    annotators,
    times,
    swapped,
    firstItems,
    secondItems,
    firstLengths: optionally(lengths, firstItems),
    secondLengths: optionally(lengths, secondItems),
    firstOwned: authors && owned(authors, firstItems, annotators),
    secondOwned: authors && owned(authors, secondItems, annotators),
  })
}
