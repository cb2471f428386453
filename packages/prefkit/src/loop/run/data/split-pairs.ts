import type { PreferencePair } from '../../prompts/preference-pair'
import type { LoopPrompt } from '../../prompts/prompt'
import { streamSeed } from '../stream-seed'
import { amongPrompts } from './among-prompts'
import type { RunComparisons } from './comparison-file'
import { isHeldOut } from './split-by-text'

/** What decides where a comparison belongs. */
export interface PairSplit {
  /** Prompts that the policy is evaluated on: nothing may have learnt from these. */
  readonly tests: readonly LoopPrompt[]
  /** Of the others: this share is held out too, by a hash of their texts that is not that of the prompts' own split. */
  readonly share: number
  readonly seed: number
}

/** Whether comparisons of responses to a prompt are only tested on. */
export function isTestPrompt({ tests, share, seed }: PairSplit): (prompt: LoopPrompt) => boolean {
  const isTest = amongPrompts(tests)
  // By the same hash, all of this share would be among those that the prompts' split has taken already.
  const own = streamSeed({ seed }, 'held-out comparisons')
  return (prompt) => isTest(prompt) || isHeldOut(prompt.text, share, own)
}

/** Comparisons to learn from, and those to test on. */
export function splitPairs(
  pairs: readonly PreferencePair[],
  isTest: (prompt: LoopPrompt) => boolean,
): RunComparisons {
  const held = pairs.map(({ prompt }) => isTest(prompt))
  return { train: pairs.filter((_, i) => !held[i]), heldOut: pairs.filter((_, i) => held[i]) }
}
