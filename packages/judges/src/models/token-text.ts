/** GPT-2's alphabet: which character stands for which byte, in tokenizers that work on bytes. */
function byteAlphabet(): Map<string, number> {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255)
  const alphabet = new Map<string, number>()
  let others = 0
  for (let byte = 0; byte < 256; byte++) {
    alphabet.set(String.fromCodePoint(printable(byte) ? byte : 256 + others++), byte)
  }
  return alphabet
}

const alphabet = byteAlphabet()

/** The text of these bytes; undefined where they are no UTF-8, such as a part of a character. */
function decode(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}

const hexBytes = (token: string): number[] =>
  [...token.matchAll(/\\?x([0-9a-f]{2})/gi)].map(([, hex]) => Number.parseInt(hex!, 16))

/** `Ġyes` is ` yes` in the alphabet of bytes. Undefined where some character is not of it. */
function fromByteAlphabet(token: string): string | undefined {
  const bytes = Array.from(token, (character) => alphabet.get(character))
  return bytes.includes(undefined) ? undefined : decode(bytes as number[])
}

/** Forms of a token that are not its text: each gives the text, or undefined where the token is not of that form. */
const forms: readonly ((token: string) => string | undefined)[] = [
  // SentencePiece: `▁yes`.
  (token) => (token.includes('▁') ? token.replaceAll('▁', ' ') : undefined),
  // SentencePiece's single bytes: `<0x0A>`.
  (token) => {
    const byte = /^<0x([0-9a-f]{2})>$/i.exec(token)?.[1]
    return byte === undefined ? undefined : decode([Number.parseInt(byte, 16)])
  },
  // OpenAI's clients: `bytes:\xe2\x80\x99`.
  (token) => (/^bytes:(\\x[0-9a-f]{2})+$/i.test(token) ? decode(hexBytes(token)) : undefined),
  fromByteAlphabet,
]

/** A token as a server writes it. */
export interface WireToken {
  readonly token?: string
  /** The token's bytes, where the server tells them: they say what the token is, however it is written. */
  readonly bytes?: readonly number[] | null
  /** The token's number in the vocabulary, where the server tells it. */
  readonly id?: number
}

/**
 * What the text of a token may be: one text where its bytes are known; otherwise the token as it is written, and as what
 * it stands for in the forms that tokenizers write spaces and bytes in. None for a part of a character.
 */
export function tokenTexts({ token, bytes }: WireToken): ReadonlySet<string> {
  if (bytes && bytes.length > 0) {
    const text = decode(bytes)
    return new Set(text === undefined ? [] : [text])
  }
  if (token === undefined) return new Set()
  const read = forms.map((form) => form(token)).filter((text) => text !== undefined)
  return new Set([token, ...read])
}

/** What two entries have in common where they are the same token. */
export const tokenKey = ({ id, bytes, token }: WireToken): string =>
  id !== undefined ? `#${id}` : bytes && bytes.length > 0 ? `b${bytes.join(',')}` : `t${token}`
