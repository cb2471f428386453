import type { Interval, PairwiseAccuracy } from '@prefkit/evals'

/** Fewer groups than this say too little about how groups differ. */
const fewestGroups = 10

/**
 * The interval to show for an accuracy: drawn over groups where there are enough and they differ, else Wilson's, which
 * takes comparisons as independent and never has width 0.
 */
export function accuracyInterval({
  bootstrap,
  wilson,
}: Pick<PairwiseAccuracy, 'bootstrap' | 'wilson'>): Interval {
  const isTelling = bootstrap && bootstrap.clusters >= fewestGroups && bootstrap.high > bootstrap.low
  return isTelling ? bootstrap : wilson
}
