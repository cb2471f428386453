import { LmError } from '../lm-error'
import { sentencePieceTokenizer } from '../tokenizer/sentence-piece-tokenizer'
import type { TokenizerFiles } from '../tokenizer/tokenizer'
import { tokenizerConfig, tokenKinds, type Vocabulary } from '../tokenizer/vocabulary'

const invalid = (file: string, problem: string): LmError =>
  new LmError('INVALID_TOKENIZER', `${file}: ${problem}: no tokeniser of llama2.c, or truncated`)

/** Ids that sentencepiece gives its own tokens, and what they are called with Hugging Face. */
const ownTokens = ['<unk>', '<s>', '</s>'] as const

const kindOf = (token: string, id: number): number => {
  if (id === 0) return tokenKinds.unknown
  if (id < ownTokens.length) return tokenKinds.control
  return /^<0x[0-9A-F]{2}>$/.test(token) ? tokenKinds.byte : tokenKinds.normal
}

/** Tokens and scores, which are there until the end of the file. */
function parsePieces(bytes: Uint8Array, file: string): { tokens: string[]; scores: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  if (bytes.byteLength < 4) throw invalid(file, `expected at least 4 bytes, got ${bytes.byteLength}`)
  const longest = view.getUint32(0, true)
  const [tokens, scores]: [string[], number[]] = [[], []]
  for (let at = 4; at < bytes.byteLength; ) {
    const left = bytes.byteLength - at - 8
    const length = left >= 0 ? view.getUint32(at + 4, true) : 0
    if (left < 0 || length > left || length > longest) {
      throw invalid(
        file,
        `token ${tokens.length} at byte ${at}: expected at most ${Math.min(longest, left)} bytes`,
      )
    }
    scores.push(view.getFloat32(at, true))
    try {
      tokens.push(decoder.decode(bytes.subarray(at + 8, at + 8 + length)))
    } catch {
      throw invalid(file, `token ${tokens.length} is no UTF-8`)
    }
    at += 8 + length
  }
  return { tokens, scores }
}

/**
 * A tokeniser of llama2.c (such as tok512.bin) as the files that Hugging Face would have for it. A text begins with
 * `<s>`.
 * @param vocabSize of the model: how many tokens it must have.
 * @throws LmError `INVALID_TOKENIZER` for a file that is none, or has another number of tokens.
 */
export function llama2cTokenizerFiles(bytes: Uint8Array, vocabSize: number, file: string): TokenizerFiles {
  const { tokens: pieces, scores } = parsePieces(bytes, file)
  if (pieces.length !== vocabSize) {
    throw invalid(file, `expected ${vocabSize} tokens, as many as the model has, got ${pieces.length}`)
  }
  // llama2.c writes spaces as such, and its first tokens as it wants them printed.
  const tokens = pieces.map((piece, id) => ownTokens[id] ?? piece.replaceAll(' ', '▁'))
  const vocabulary: Vocabulary = {
    file,
    tokens,
    kinds: tokens.map(kindOf),
    unkId: 0,
    bosId: 1,
    eosId: 2,
    addBos: true,
    addEos: false,
  }
  return {
    tokenizer: sentencePieceTokenizer(vocabulary, scores, true),
    config: tokenizerConfig(vocabulary),
  }
}
