import type { ChatMessage, Datum } from '@prefkit/lm'
import { PrefkitError } from '../prefkit-error'
import type { CompletionRow } from './completion-rows'
import {
  chatText,
  type Encoding,
  encodeCompletion,
  type WritingOptions,
  writtenPrompt,
} from './encode-prompt'
import { placed } from './placed'

/** How many tokens two texts begin with in common. */
function sharedLength(a: readonly number[], b: readonly number[]): number {
  const other = a.findIndex((id, i) => id !== b[i])
  return other < 0 ? a.length : other
}

/** A conversation, of which all that the assistant says is to be learned. */
function conversationDatum(encoding: Encoding, messages: readonly ChatMessage[]): Datum {
  const encode = (count: number, addGenerationPrompt: boolean): number[] => {
    if (count === 0) return []
    const text = chatText(encoding, messages.slice(0, count), addGenerationPrompt)
    return encoding.tokenizer.encode(text, { addSpecialTokens: false })
  }
  const tokens = encode(messages.length, false)
  const completionMask = tokens.map(() => 0)
  for (const [i, { role }] of messages.entries()) {
    if (role !== 'assistant') continue
    // Templates may write an earlier turn otherwise once others follow it, such as without its thoughts.
    const start = Math.max(1, sharedLength(encode(i, true), tokens))
    completionMask.fill(1, start, Math.max(start, sharedLength(encode(i + 1, false), tokens)))
  }
  return { tokens, completionMask }
}

/**
 * A row as what is learned from it: the completion, with the token that ends it; of a conversation, what the assistant says.
 * @param maxLength tokens that are kept, from the front.
 * @throws LmError `NO_CHAT_TEMPLATE`, `TEMPLATE_FAILED`; PrefkitError `BAD_ROW` where nothing of the completion is kept; naming
 *   file and line.
 */
export function sftDatum(
  encoding: Encoding,
  row: CompletionRow,
  { maxLength, ...writing }: WritingOptions & { readonly maxLength: number },
): Datum {
  return placed(row.place, () => {
    const { tokens, completionMask } = datumOf(encoding, row, writing)
    const kept = {
      tokens: Array.from(tokens).slice(0, maxLength),
      completionMask: Array.from(completionMask).slice(0, maxLength),
    }
    if (kept.completionMask.includes(1)) return kept
    const problem = `nothing is to be learned from its first ${kept.tokens.length} tokens; expected a shorter prompt, or a greater --max-length`
    throw new PrefkitError('BAD_ROW', problem)
  })
}

function datumOf(encoding: Encoding, row: CompletionRow, writing: WritingOptions): Datum {
  const { prompt, completion, isWhole } = row
  if (isWhole && typeof prompt !== 'string' && typeof completion !== 'string') {
    // Messages stay messages.
    const all = writtenPrompt([...prompt, ...completion], writing) as readonly ChatMessage[]
    return conversationDatum(encoding, all)
  }
  const encoded = encodeCompletion(encoding, row, { ...writing, ends: true })
  return {
    tokens: [...encoded.prompt, ...encoded.completion],
    completionMask: [...encoded.prompt.map(() => 0), ...encoded.completion.map(() => 1)],
  }
}
