const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0
const words = (text: string): readonly string[] => text.match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu) ?? []
const perWord = (total: number, text: string): number => total / Math.max(1, words(text).length)
const perCharacter = (total: number, text: string): number => total / Math.max(1, text.length)

/** What can be seen of a response without understanding it, by name; each is finite for every text. */
const measures: Readonly<Record<string, (text: string) => number>> = {
  logCharacters: (text) => Math.log1p(text.length),
  logWords: (text) => Math.log1p(words(text).length),
  rootWords: (text) => Math.sqrt(words(text).length),
  wordLength: (text) =>
    perWord(
      words(text).reduce((sum, word) => sum + word.length, 0),
      text,
    ),
  longWords: (text) => perWord(words(text).filter((word) => word.length > 6).length, text),
  logDistinctWords: (text) => Math.log1p(new Set(words(text.toLowerCase())).size),
  distinctWords: (text) => perWord(new Set(words(text.toLowerCase())).size, text),
  logSentences: (text) => Math.log1p(count(text, /[.!?…]+(?=\s|$)/g)),
  logLines: (text) => Math.log1p(count(text, /\n+/g)),
  commas: (text) => perWord(count(text, /[,;:]/g), text),
  questions: (text) => perWord(count(text, /\?/g), text),
  exclamations: (text) => perWord(count(text, /!/g), text),
  quotations: (text) => perWord(count(text, /["“”«»]/g), text),
  digits: (text) => perCharacter(count(text, /\p{N}/gu), text),
  capitals: (text) => perCharacter(count(text, /\p{Lu}/gu), text),
  startsCapital: (text) => Number(/^\s*\p{Lu}/u.test(text)),
  endsSentence: (text) => Number(/[.!?…"”')\]]\s*$/.test(text)),
  links: (text) => Math.log1p(count(text, /https?:\/\/|www\./g)),
  firstPerson: (text) => perWord(count(text, /\b(?:i|i'm|i've|me|my|mine)\b/gi), text),
}

/**
 * The names of the surface features, in the order of their columns. Saved models keep them, and are refused when they
 * differ: a measure that changes gets a new name.
 */
export const surfaceFeatureNames: readonly string[] = Object.keys(measures)

/** Length, vocabulary and punctuation of a text: one number for each of {@link surfaceFeatureNames}. */
export const surfaceFeatures = (text: string): number[] =>
  Object.values(measures).map((measure) => measure(text))
