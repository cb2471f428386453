import type { CommonOptions } from './common-options'
import { holdOut } from './hold-out'
import { type PairData, takePairs } from './pair-data'

/** Pairs to learn from, and pairs to watch the loss on. */
export interface SplitPairs {
  readonly train: PairData
  readonly validation: PairData
  /** Rows of the table that training pairs are of. */
  readonly trainedRows: ReadonlySet<number>
}

/** Holds pairs out as the settings say; every member of an ensemble has the same. */
export function splitPairs(
  pairs: PairData,
  { validationFraction, seed }: Pick<CommonOptions, 'validationFraction' | 'seed'>,
): SplitPairs {
  const parts = holdOut(pairs, validationFraction, seed)
  const train = takePairs(pairs, parts.train)
  const trainedRows = new Set([...train.chosen, ...train.rejected])
  return { train, validation: takePairs(pairs, parts.validation), trainedRows }
}
