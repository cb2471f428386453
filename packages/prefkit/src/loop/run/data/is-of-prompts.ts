import type { CompletionRow } from '../../../lm/completion-rows'
import { type Encoding, encodePrompt, type WritingOptions } from '../../../lm/encode-prompt'
import { placed } from '../../../lm/placed'
import type { Prompt } from '../../../lm/prompt-rows'
import type { LoopPrompt } from '../../prompts/prompt'
import { amongPrompts } from './among-prompts'
import { readableText } from './readable-text'

/** What a row's completions go on after: all that the assistant says in a conversation is learnt. */
function promptsIn({ prompt, completion, isWhole }: CompletionRow): readonly Prompt[] {
  if (!isWhole || typeof prompt === 'string' || typeof completion === 'string') return [prompt]
  const all = [...prompt, ...completion]
  return all.flatMap(({ role }, i) => (role === 'assistant' && i > 0 ? [all.slice(0, i)] : []))
}

/**
 * Whether a row to learn from is a completion of one of some prompts: people read the same prompt, or the model does. Of a text without
 * a prompt that is whether it begins with one of them.
 */
export function isOfPrompts(
  prompts: readonly LoopPrompt[],
  encoding: Encoding,
  writing: WritingOptions,
): (row: CompletionRow) => boolean {
  const isKnown = amongPrompts(prompts)
  const isAsked = (prompt: Prompt): boolean =>
    isKnown({ id: '', text: readableText(prompt), tokens: encodePrompt(encoding, prompt, writing) })
  return (row) => {
    if (prompts.length === 0) return false
    const { prompt, completion } = row
    if (prompt === '' && typeof completion === 'string')
      return prompts.some(({ text }) => completion.startsWith(text))
    return placed(row.place, () => promptsIn(row).some(isAsked))
  }
}
