import { excerpt } from '../check-options'
import { LmError } from '../lm-error'
import type { Tokenizer } from '../tokenizer/tokenizer'

const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()

/** How a word may be written: as it is, in small letters, with a capital, in capitals; each also after a space. */
function spellings(word: string): string[] {
  const cases = [word, word.toLowerCase(), capitalized(word), word.toUpperCase()]
  return [...new Set(cases.flatMap((each) => [each, ` ${each}`]))]
}

/** The ids of a text, when a single token spells it: as the tokeniser writes it, or as it is in the vocabulary. */
function singleTokens(tokenizer: Tokenizer, spelling: string): number[] {
  const encoded = tokenizer.encode(spelling, { addSpecialTokens: false })
  // In the middle of a text, where sentencepiece puts no space before it.
  const named = tokenizer.tokenToId(spelling)
  const ids = [...(encoded.length === 1 ? encoded : []), ...(named === undefined ? [] : [named])]
  // A token for what is unknown spells nothing.
  return ids.filter((id) => tokenizer.decode([id]).trim() === spelling.trim())
}

/**
 * The tokens that spell one of some words: `Yes`, `yes`, `YES`, each with a space before it and without, of which a
 * tokeniser has some as a single token.
 * @returns their ids, ascending, each once.
 * @throws LmError `UNKNOWN_TOKEN` when no spelling of a word is a single token.
 */
export function tokenVariants(tokenizer: Tokenizer, words: readonly string[]): number[] {
  const ids = words.flatMap((word) => {
    const found = spellings(word).flatMap((spelling) => singleTokens(tokenizer, spelling))
    if (word.trim() !== '' && found.length > 0) return found
    const problem = 'expected words that some spelling of is a single token, got'
    throw new LmError('UNKNOWN_TOKEN', `words: ${problem} ${excerpt(word)}`)
  })
  return [...new Set(ids)].sort((a, b) => a - b)
}
