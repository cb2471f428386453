/** Ids from here on are single characters: their code point on top of this. */
const CHARACTERS = 100_000

/** Messages in a chat template, with the beginning of the answer. */
export const applyTemplate = (messages: readonly { role: string; content: string }[]): string =>
  `${messages.map(({ role, content }) => `<|${role}|>\n${content}\n`).join('')}<|assistant|>\n`

/** A tokenizer: whole words where the vocabulary has them, single characters otherwise. */
export interface Vocabulary {
  readonly words: readonly string[]
  readonly encode: (text: string) => number[]
  readonly decode: (ids: readonly number[]) => string
  /** The id of a token, by its text. */
  readonly idOf: (word: string) => number
}

/** A vocabulary of these words. A word is found where it stands between characters that are no letters. */
export function vocabularyOf(words: readonly string[]): Vocabulary {
  const ids = new Map(words.map((word, id) => [word, id]))
  const idOf = (word: string): number => {
    const id = ids.get(word)
    if (id === undefined) throw new Error(`the test server's vocabulary has no ${JSON.stringify(word)}`)
    return id
  }
  // As byte-level tokenizers do: a space belongs to the word after it.
  const pieces = (text: string): string[] => text.match(/ ?\p{L}+|[^\p{L}]/gu) ?? []
  const encodePiece = (piece: string): number[] =>
    ids.has(piece) ? [idOf(piece)] : Array.from(piece, (character) => CHARACTERS + character.codePointAt(0)!)
  const wordAt = (id: number) => (id < CHARACTERS ? words[id] : String.fromCodePoint(id - CHARACTERS))
  return {
    words,
    idOf,
    encode: (text) => pieces(text).flatMap(encodePiece),
    decode: (list) => list.map((id) => wordAt(id) ?? '').join(''),
  }
}
