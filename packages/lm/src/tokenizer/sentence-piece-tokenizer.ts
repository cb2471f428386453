import { addedTokens, idsByToken, postProcessor, tokenKinds, type Vocabulary } from './vocabulary'

/** How sentencepiece writes a space. */
const space = '▁'

/** A pair of tokens and the score of what they make. */
interface Merge {
  readonly left: string
  readonly right: string
  readonly score: number
}

/**
 * The merges that sentencepiece makes without naming them: any two tokens that make a third, those of the highest score
 * first. Tokens that are no text take no part.
 */
function mergesOf({ tokens, kinds }: Vocabulary, scores: ArrayLike<number>): [string, string][] {
  const isText = (id: number) => kinds[id] === tokenKinds.normal || kinds[id] === tokenKinds.unused
  const texts = new Set(tokens.filter((_, id) => isText(id)))
  const merges: Merge[] = []
  tokens.forEach((token, id) => {
    if (!isText(id)) return
    for (let at = 0; at < token.length; ) {
      at += token.codePointAt(at)! > 0xffff ? 2 : 1
      const [left, right] = [token.slice(0, at), token.slice(at)]
      if (texts.has(left) && texts.has(right)) merges.push({ left, right, score: scores[id]! })
    }
  })
  return merges
    .sort((a, b) => b.score - a.score || b.left.length - a.left.length)
    .map(({ left, right }) => [left, right])
}

/** Every byte as a token of its own. */
const byteTokens = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
)

/**
 * The object of tokenizer.json for byte-pair merges by sentencepiece, as Llama 1 and 2 have them.
 * @param scores of each token: the higher, the earlier it is merged.
 * @param addSpacePrefix whether a text is tokenised as if a space stood before it.
 */
export function sentencePieceTokenizer(
  vocabulary: Vocabulary,
  scores: ArrayLike<number>,
  addSpacePrefix: boolean,
): object {
  const ids = idsByToken(vocabulary)
  const { tokens, unkId } = vocabulary
  const prefix = addSpacePrefix ? [{ type: 'Prepend', prepend: space }] : []
  const strip = addSpacePrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary),
    normalizer: {
      type: 'Sequence',
      normalizers: [...prefix, { type: 'Replace', pattern: { String: ' ' }, content: space }],
    },
    pre_tokenizer: null,
    post_processor: postProcessor(vocabulary),
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: space }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...strip,
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unkId === undefined ? null : (tokens[unkId] ?? null),
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: byteTokens.every((token) => ids.has(token)),
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges: mergesOf(vocabulary, scores),
    },
  }
}
