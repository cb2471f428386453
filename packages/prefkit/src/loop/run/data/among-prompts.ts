import type { LoopPrompt } from '../../prompts/prompt'

/** Whether a prompt is one of some, whatever it is called: people read the same, or models do. */
export function amongPrompts(prompts: readonly LoopPrompt[]): (prompt: LoopPrompt) => boolean {
  const texts = new Set(prompts.map(({ text }) => text))
  const read = new Set(prompts.map(({ tokens }) => tokens.join(' ')))
  return ({ text, tokens }) => texts.has(text) || read.has(tokens.join(' '))
}
