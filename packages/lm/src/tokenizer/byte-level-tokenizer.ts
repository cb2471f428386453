import { excerpt } from '../check-options'
import { LmError } from '../lm-error'
import { addedTokens, idsByToken, postProcessor, type Vocabulary } from './vocabulary'

/** What differs between tokenisers of bytes, besides their tokens. */
interface Splitting {
  readonly normalizer: object | null
  /** Splits a text into words, whose bytes are then merged. */
  readonly before: readonly object[]
  /** True where GPT-2's own way of splitting follows. */
  readonly useRegex: boolean
  /** True where a word that is a token is never split. */
  readonly ignoreMerges: boolean
  /** Whether a text begins with a token for it, where the file does not say. */
  readonly addBos: boolean
}

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
const rest = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
const words = (digits: string) => `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}|${rest}`
const split = (pattern: string) => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
})

const plain: Splitting = { normalizer: null, before: [], useRegex: true, ignoreMerges: false, addBos: false }
const qwen2: Splitting = {
  ...plain,
  normalizer: { type: 'NFC' },
  before: [split(words('\\p{N}'))],
  useRegex: false,
}
const llama3: Splitting = {
  ...plain,
  before: [split(words('\\p{N}{1,3}'))],
  useRegex: false,
  ignoreMerges: true,
  addBos: true,
}

/** By llama.cpp's name of them. */
const splittings: Readonly<Record<string, Splitting>> = {
  'gpt-2': plain,
  smollm: { ...plain, before: [{ type: 'Digits', individual_digits: true }] },
  'llama-bpe': llama3,
  'llama-v3': llama3,
  llama3,
  qwen2,
  'deepseek-r1-qwen': qwen2,
}

/**
 * How a tokeniser splits, by llama.cpp's name of it.
 * @throws LmError `INVALID_TOKENIZER` for another.
 */
export function splittingOf(name: unknown, file: string): Splitting {
  if (typeof name === 'string' && Object.hasOwn(splittings, name)) return splittings[name]!
  const known = Object.keys(splittings).join(', ')
  throw new LmError(
    'INVALID_TOKENIZER',
    `${file}: tokenizer.ggml.pre: expected one of ${known}, got ${excerpt(name)}`,
  )
}

/**
 * The object of tokenizer.json for byte-pair merges over bytes, as GPT-2 has them.
 * @param merges two tokens with a space between, the first to be merged first.
 */
export function byteLevelTokenizer(
  vocabulary: Vocabulary,
  merges: readonly string[],
  { normalizer, before, useRegex, ignoreMerges }: Splitting,
): object {
  const ids = idsByToken(vocabulary)
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: useRegex }
  const pairs = merges.map((merge, index) => {
    const pair = merge.split(' ')
    if (pair.length === 2 && ids.has(pair[0]!) && ids.has(pair[1]!) && ids.has(pair.join(''))) return pair
    const problem = `merge ${index}: expected two tokens that make one, got ${excerpt(merge)}`
    throw new LmError('INVALID_TOKENIZER', `${vocabulary.file}: ${problem}`)
  })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary),
    normalizer,
    pre_tokenizer: before.length > 0 ? { type: 'Sequence', pretokenizers: [...before, bytes] } : bytes,
    post_processor: postProcessor(vocabulary),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: ignoreMerges,
      vocab: Object.fromEntries(ids),
      merges: pairs,
    },
  }
}
