import { type LocalPolicy, type LocalPolicyOptions, localPolicy } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { storiesPath } from '../../lm/testing/stories'
import type { LoopPrompt } from '../prompts/prompt'

/** A model that tells stories, as a policy that learns, with prompts as it reads them. */
export interface Story {
  readonly policy: LocalPolicy
  readonly prompts: (texts: readonly string[]) => LoopPrompt[]
}

/** Opens it; whoever does releases the policy. */
export async function storyPolicy(options: LocalPolicyOptions = {}): Promise<Story> {
  const model = await loadLanguageModel(storiesPath)
  const tokenizer = model.tokenizer!
  return {
    policy: localPolicy(model, { seed: 0, ...options }),
    prompts: (texts) =>
      texts.map((text, i) => ({ id: String(i), text, tokens: Array.from(tokenizer.encode(text)) })),
  }
}
