import type { PreferencePair } from '../../prompts/preference-pair'
import { longestOf } from './comparison-file'

/** Comparisons that something can be learnt from, with how many were left out. */
export interface PairsToLearn {
  readonly kept: readonly PreferencePair[]
  /** Pairs with a response that has no place behind its prompt. */
  readonly tooLong: number
  /** Pairs whose responses are the same text. */
  readonly equal: number
}

/** @param longest tokens that prompt and response may have together. */
export function pairsToLearn(pairs: readonly PreferencePair[], longest: number): PairsToLearn {
  const unequal = pairs.filter(({ chosen, rejected }) => chosen.text !== rejected.text)
  const kept = unequal.filter((pair) => longestOf(pair) <= longest)
  return { kept, tooLong: unequal.length - kept.length, equal: pairs.length - unequal.length }
}
