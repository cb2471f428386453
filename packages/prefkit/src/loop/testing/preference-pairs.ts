import type { PreferencePair } from '../prompts/preference-pair'
import type { LoopPrompt, LoopResponse } from '../prompts/prompt'

/** Happy ends are preferred to sad ones. */
const stories: readonly (readonly [prompt: string, chosen: string, rejected: string])[] = [
  ['Tom had a dog.', ' The dog was happy.', ' The dog was very sad and cried.'],
  ['Lily saw a bird.', ' It was happy and sang a song.', ' It was sad.'],
  ['The sun came up.', ' All were happy.', ' All were sad and went to bed.'],
  ['One day it rained.', ' The frog was happy.', ' The cat was sad.'],
]

/** Pairs of short responses that differ in a word, with margins of 1, 2, …: for the policy whose `prompts` these are. */
export function preferencePairs(
  prompts: (texts: readonly string[]) => LoopPrompt[],
): (PreferencePair & { readonly rewardMargin: number })[] {
  // Without the token that begins a text.
  const responseOf = (text: string): LoopResponse => ({ text, tokens: prompts([text])[0]!.tokens.slice(1) })
  return stories.map(([text, chosen, rejected], i) => ({
    prompt: { ...prompts([text])[0]!, id: String(i) },
    chosen: responseOf(chosen),
    rejected: responseOf(rejected),
    rewardMargin: i + 1,
  }))
}
