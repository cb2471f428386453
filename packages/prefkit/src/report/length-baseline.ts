import { type PairwiseAccuracy, pairwiseAccuracy } from '@prefkit/evals'

/** The better of two rules that need no model, and how often it agrees with the data; equal lengths count half. */
export interface LengthBaseline {
  readonly name: 'the longer one' | 'the shorter one'
  readonly accuracy: PairwiseAccuracy
}

/**
 * How far one comes by length alone.
 * @param groups what the interval draws whole.
 */
export function lengthBaseline(
  chosenLengths: readonly number[],
  rejectedLengths: readonly number[],
  groups?: readonly (string | number)[],
): LengthBaseline {
  const longer = pairwiseAccuracy(chosenLengths, rejectedLengths, { ties: 'half', groups })
  if (longer.accuracy >= 0.5) return { name: 'the longer one', accuracy: longer }
  const shorter = pairwiseAccuracy(rejectedLengths, chosenLengths, { ties: 'half', groups })
  return { name: 'the shorter one', accuracy: shorter }
}
