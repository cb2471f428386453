import { checkNames } from '../check-options'
import { largerOfPair, pairsAmong } from './pair-index'
import {
  checkPairing,
  type PairSequence,
  type PairSequenceOptions,
  pairSequence,
  tossed,
} from './pair-sequence'
import { keyOf, permuted } from './permutation'
import { checkTable, type ResponseTable } from './response-table'

const PURPOSE = 0x616e79

/**
 * Pairs of any two responses, of one prompt or of two, each as likely as any other.
 *
 * Memory does not grow with the budget: the pair with number π(k) comes at place k, π being a seeded permutation of the
 * numbers of all pairs.
 *
 * Source: 2411.04991, whose X-Prompt pairs are of prompts that may be the same. Proven against its definition, within
 * sampling error.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function randomPairs(table: ResponseTable, options: PairSequenceOptions = {}): PairSequence {
  checkNames('randomPairs', options, { budget: true, seed: true })
  const { budget, seed } = checkPairing(options)
  checkTable(table)
  const key = keyOf(PURPOSE, seed)
  const available = pairsAmong(table.prompts.length)
  return pairSequence(available, budget, function* () {
    for (let place = 0; place < available; place++) {
      const index = permuted(place, available, key)
      const larger = largerOfPair(index)
      yield tossed(index - pairsAmong(larger), larger, key)
    }
  })
}
