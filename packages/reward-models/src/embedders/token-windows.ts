/** A stretch of a text and how many tokens it is. */
export interface TextWindow {
  readonly text: string
  readonly tokens: number
}

/** A word with the space before it, which a stretch keeps between its words. */
interface Word extends TextWindow {
  readonly space: string
  /** Tokens of the space. */
  readonly gap: number
}

/** Longer words are cut, so that none is longer than a window. */
const longestWord = 48

/**
 * Stretches of at most `size` tokens that cover a text, cut between words; words of more than 48 characters are cut
 * too. The next one starts about `stride` tokens after the one before. A text without words has none.
 * @param countTokens Tokens of a word.
 */
export function tokenWindows(
  text: string,
  { size, stride }: { size: number; stride: number },
  countTokens: (word: string) => number,
): TextWindow[] {
  const words = splitWords(text, countTokens)
  const windows: TextWindow[] = []
  for (let start = 0; start < words.length; ) {
    const end = advance(words, start, size)
    windows.push(joinWords(words.slice(start, end)))
    if (end === words.length) break
    start = Math.min(end, advance(words, start, stride))
  }
  return windows
}

/** The first word that no longer fits in `budget` tokens; always beyond `start`. */
function advance(words: readonly Word[], start: number, budget: number): number {
  let end = start + 1
  let used = words[start]!.tokens
  for (; end < words.length; end++) {
    used += words[end]!.gap + words[end]!.tokens
    if (used > budget) break
  }
  return end
}

function splitWords(text: string, countTokens: (word: string) => number): Word[] {
  const pieces = text.trimEnd().match(new RegExp(`\\s*\\S{1,${longestWord}}`, 'gu')) ?? []
  return pieces.map((piece) => {
    const word = piece.trimStart()
    const space = piece.slice(0, piece.length - word.length)
    // One space is part of the word's first token; each further one, and a line break, is a token at most.
    return { text: word, space, tokens: countTokens(word), gap: space === ' ' ? 0 : space.length }
  })
}

function joinWords([first, ...rest]: readonly Word[]): TextWindow {
  return {
    text: rest.reduce((text, word) => text + word.space + word.text, first!.text),
    tokens: rest.reduce((total, { gap, tokens }) => total + gap + tokens, first!.tokens),
  }
}
