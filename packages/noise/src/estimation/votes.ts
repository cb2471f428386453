import { checkArray, checkColumns, checkSameLength } from '../check-numbers'
import { checkNames, formatValue, type Names } from '../check-options'
import { groupRows } from '../group-rows'
import { type Name, numberNames } from '../names'
import { NoiseError } from '../noise-error'

/** Votes in columns, one entry for each vote. A vote that was not cast has no row. */
export interface Votes {
  /** `[N]` What was judged, such as the id of a pair. */
  readonly items: ArrayLike<Name>
  /** `[N]` Who judged. */
  readonly annotators: ArrayLike<Name>
  /** `[N]` What they said, such as 1, −1 and 0 of `simulateAnnotations`, or `'first'`, `'second'` and `'tie'`. */
  readonly labels: ArrayLike<Name>
}

/** Which labels there are. */
export interface ClassesOption {
  /**
   * All labels, in the order that results have, and that an ordinal scale goes by. Default: those that occur, numbers
   * before strings, each ascending.
   */
  classes?: readonly Name[]
}

/** Votes, checked, names numbered from 0 and sorted by item. */
export interface VoteTable {
  readonly items: readonly Name[]
  readonly annotators: readonly Name[]
  readonly classes: readonly Name[]
  /** Votes on item i are from `start[i]` to `start[i + 1] − 1`. */
  readonly start: Int32Array
  readonly annotatorOf: Int32Array
  readonly labelOf: Int32Array
}

const names: Names<Votes> = { items: true, annotators: true, labels: true }

const byKind = (a: Name, b: Name): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : 1
}

/** The classes asked for, and the place among them of each label as numbered. */
function arrangeClasses(found: readonly Name[], given: readonly Name[] | undefined) {
  if (given !== undefined) checkArray('classes', given, 'an array of labels')
  const classes = given === undefined ? [...found].sort(byKind) : [...given]
  const place = new Map(classes.map((name, i) => [name, i]))
  if (place.size < classes.length) {
    const message = `classes is ${classes.map(formatValue).join(', ')}; expected each label once`
    throw new NoiseError('INVALID_OPTION', 'classes', message)
  }
  const places = found.map((name) => {
    const at = place.get(name)
    if (at !== undefined) return at
    const message = `labels has ${formatValue(name)}; expected one of classes: ${classes.map(formatValue).join(', ')}`
    throw new NoiseError('OUT_OF_RANGE', 'labels', message)
  })
  return { classes, places: Int32Array.from(places) }
}

/** Votes, checked. Throws `TOO_FEW` when there are none. */
export function voteTable(votes: Votes, { classes: given }: ClassesOption = {}): VoteTable {
  checkNames('votes', votes, names)
  const columns = { items: votes.items, annotators: votes.annotators, labels: votes.labels }
  checkColumns(columns, 'one entry for each vote')
  checkSameLength(columns)
  if (votes.items.length === 0) {
    throw new NoiseError('TOO_FEW', 'items', 'items has no values; expected at least one vote')
  }
  const items = numberNames({ items: votes.items })
  const annotators = numberNames({ annotators: votes.annotators })
  const labels = numberNames({ labels: votes.labels })
  const { classes, places } = arrangeClasses(labels.names, given)
  const { starts, order } = groupRows(items.numbers.items, items.names.length)
  return {
    items: items.names,
    annotators: annotators.names,
    classes,
    start: starts,
    annotatorOf: order.map((vote) => annotators.numbers.annotators[vote]!),
    labelOf: order.map((vote) => places[labels.numbers.labels[vote]!]!),
  }
}

/** How many votes each item has for each class: `[items, classes]`. */
export function labelCounts({ items, classes, start, labelOf }: VoteTable): Float64Array {
  const counts = new Float64Array(items.length * classes.length)
  for (let item = 0; item < items.length; item++) {
    for (let vote = start[item]!; vote < start[item + 1]!; vote++) {
      counts[item * classes.length + labelOf[vote]!]! += 1
    }
  }
  return counts
}

/**
 * Votes other than those for one label, such as ties, which measures of two choices have no use for.
 *
 * @returns plain columns; the order of the votes is kept.
 * @throws NoiseError `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`, `TOO_FEW`.
 */
export function votesWithout(votes: Votes, label: Name): Votes {
  voteTable(votes)
  const kept = Array.from({ length: votes.labels.length }, (_, i) => i).filter(
    (i) => votes.labels[i] !== label,
  )
  return {
    items: kept.map((i) => votes.items[i]!),
    annotators: kept.map((i) => votes.annotators[i]!),
    labels: kept.map((i) => votes.labels[i]!),
  }
}
