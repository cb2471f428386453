/** Columns that n-grams are hashed into; more means fewer that share one. */
const hashed = 512

const matches = (text: string, pattern: RegExp): string[] => text.match(pattern) ?? []
const wordsOf = (text: string): string[] => matches(text.toLowerCase(), /[\p{L}\p{N}'’]+|[^\s\p{L}\p{N}]/gu)

/** What can be seen of a text without understanding it, each about between 0 and 2. */
const measures: readonly ((text: string) => number)[] = [
  (text) => Math.log1p(text.length) / 4,
  (text) => Math.log1p(new Set(wordsOf(text)).size) / 3,
  (text) => matches(text, /\p{L}/gu).length / Math.max(1, matches(text, /\p{L}+/gu).length) / 4,
  (text) => Math.log1p(matches(text, /[.!?]+(\s|$)/g).length),
  (text) => Math.log1p(matches(text, /[,;:]/g).length),
  (text) => matches(text, /\p{Lu}/gu).length / Math.max(1, text.length),
  (text) => Number(/^\s*\p{Lu}/u.test(text)),
  (text) => Number(/[.!?"”]\s*$/.test(text)),
]

/** Numbers that a text becomes. */
export const featureCount = hashed + measures.length

/** FNV-1a: a word's or two words' 32-bit hash. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** The words of a text and its pairs of neighbouring words, by signed feature hashing (arXiv 0902.2206), of length 1. */
function hashWords(text: string, row: Float32Array): void {
  const words = wordsOf(text)
  const neighbours = words.slice(1).map((word, i) => `${words[i]} ${word}`)
  for (const ngram of [...words, ...neighbours]) {
    const hash = hashOf(ngram)
    row[(hash >>> 1) % hashed]! += hash & 1 ? 1 : -1
  }
  const length = Math.hypot(...row) || 1
  for (let i = 0; i < hashed; i++) row[i]! /= length
}

/** Texts as the rows of a table `[texts, featureCount]`; they need no model and no download. */
export function featuresOf(texts: readonly string[]): Float32Array {
  const table = new Float32Array(texts.length * featureCount)
  texts.forEach((text, i) => {
    const row = table.subarray(i * featureCount, (i + 1) * featureCount)
    hashWords(text, row.subarray(0, hashed))
    row.set(
      measures.map((measure) => measure(text)),
      hashed,
    )
  })
  return table
}
