import type { PairItem } from '@prefkit/rubrics'
import type { BatchItem } from '../run-batch'

/** Pairs that differ in every field. */
export const pairsToJudge = (count: number): (BatchItem & PairItem)[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `pair-${i}`,
    prompt: `What is ${i} + ${i}?`,
    a: `It is ${2 * i}.`,
    b: `I think that ${i} + ${i} might be ${3 * i + 1}.`,
  }))
