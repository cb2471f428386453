import type { Numbers } from '../annotators/comparisons'
import { checkFunction, checkInteger, checkNames } from '../check-options'
import type { Pair } from './pair-sequence'
import {
  type AdaptiveDesign,
  checkHistory,
  emptyHistory,
  extendHistory,
  type PairingHistory,
  recordLabels,
} from './pairing-history'

/** Options of {@link createPairingSession}. */
export interface PairingSessionOptions {
  /** How many pairs to ask at most, those of the history included; an integer ≥ 0, or Infinity. Default: Infinity. */
  budget?: number
  /** Where to go on, such as what an earlier session's `history` was. Default: nothing asked yet. */
  history?: PairingHistory
}

/** An adaptive design at work: it proposes, annotators answer, it goes by that. */
export interface PairingSession {
  /** The next pairs, `count` at most, within the budget. They are then waited for and not proposed again. */
  readonly propose: (count: number) => Pair[]
  /** Takes labels of pairs: of those given, or else of those that have waited longest. See `recordLabels`. */
  readonly record: (labels: Numbers, pairs?: readonly Pair[]) => void
  /** All that was asked and answered; what `JSON.stringify` keeps of it is enough to go on from. */
  readonly history: PairingHistory
  /** How many pairs the budget still has. */
  readonly remaining: number
}

/**
 * Asks in batches: propose, have the pairs labelled, record, and so on; proposing again before labels came is
 * allowed. One whose history was written to JSON and read again goes on as if it had never stopped.
 *
 * Source: this package. Proven against its definition.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `SHAPE_MISMATCH`, `INVALID_OPTION`.
 */
export function createPairingSession(
  design: AdaptiveDesign,
  options: PairingSessionOptions = {},
): PairingSession {
  checkFunction('design.propose', design?.propose, 'a design such as swissDesign(table)')
  checkNames('createPairingSession', options, { budget: true, history: true })
  const { budget = Number.POSITIVE_INFINITY } = options
  if (budget !== Number.POSITIVE_INFINITY) checkInteger('budget', budget, 0)
  let { history = emptyHistory } = options
  checkHistory(history, design.responses)
  const remaining = () => Math.max(0, budget - history.first.length)
  return {
    propose: (count) => {
      checkInteger('count', count, 0)
      const pairs = design.propose(history, Math.min(count, remaining()))
      history = extendHistory(history, pairs)
      return pairs
    },
    record: (labels, pairs) => {
      history = recordLabels(history, labels, pairs)
    },
    get history() {
      return history
    },
    get remaining() {
      return remaining()
    },
  }
}
