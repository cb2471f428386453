import { Tokenizer as Implementation } from '@huggingface/tokenizers'
import { checkOptions, excerpt } from '../check-options'
import { isRecord } from '../config/field-reader'
import { LmError } from '../lm-error'
import { mendDecoder, mendSplitting } from './mend-tokenizer'
import { type SpecialTokens, specialTokens } from './special-tokens'

/** What the two files of a tokeniser hold. */
export interface TokenizerFiles {
  /** The object of tokenizer.json. */
  readonly tokenizer: object
  /** The object of tokenizer_config.json. */
  readonly config: object
}

/** Options of {@link Tokenizer.encode}. */
export interface EncodeOptions {
  /** Adds what the model expects around a text, such as a token that begins it. Default: true. */
  addSpecialTokens?: boolean
}

/** Options of {@link Tokenizer.decode} and {@link Tokenizer.decodeStream}. */
export interface DecodeOptions {
  /** Leaves out tokens that are no text, such as those that end one. Default: false. */
  skipSpecialTokens?: boolean
}

/** Text of tokens that come one after another. */
export interface TextStream {
  /** The text that this token adds; empty while a character is not complete. */
  push(id: number): string
  /** What is left when there are no more tokens: a character that was never completed, as U+FFFD. */
  end(): string
}

/** Turns text into the tokens of a model and back. */
export interface Tokenizer {
  /** One more than the highest id. A model's vocabulary may be larger: its last rows are then of no token. */
  readonly vocabSize: number
  /** The tokens that have a role, where the files name them. */
  readonly specialTokens: SpecialTokens
  /** The files it is made of. */
  readonly files: TokenizerFiles
  /**
   * The ids of a text. Special tokens that stand in it are taken for what they are.
   * @throws LmError `INVALID_OPTION` for what is no string; `INVALID_TOKENIZER` when the text has what the vocabulary
   *   lacks and there is no token for that.
   */
  encode(text: string, options?: EncodeOptions): number[]
  /**
   * The text of ids; bytes that are no UTF-8 become U+FFFD.
   * @throws LmError `UNKNOWN_TOKEN` for an id that is not in the vocabulary.
   */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string
  /**
   * Decodes tokens as they come. All that it gives, joined, is what `decode` gives of all ids at once, as long as
   * their bytes are UTF-8.
   */
  decodeStream(options?: DecodeOptions): TextStream
  /** The id of a token as it is in the vocabulary, where a space may be written as `Ġ` or `▁`. */
  tokenToId(token: string): number | undefined
  /** The token of an id, as it is in the vocabulary. */
  idToToken(id: number): string | undefined
}

function construct({ tokenizer, config }: TokenizerFiles, file: string): Implementation {
  if (!isRecord(tokenizer) || !isRecord(tokenizer.model)) {
    throw new LmError(
      'INVALID_TOKENIZER',
      `${file}: expected an object with a model, got ${excerpt(tokenizer)}`,
    )
  }
  if (!isRecord(config)) {
    throw new LmError(
      'INVALID_TOKENIZER',
      `${file}: its configuration: expected an object, got ${excerpt(config)}`,
    )
  }
  // Parts that a file need not name.
  const parts = {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
  }
  try {
    const implementation = new Implementation(mendSplitting({ ...parts, ...tokenizer }), config)
    mendDecoder(implementation.decoder)
    return implementation
  } catch (cause) {
    throw new LmError('INVALID_TOKENIZER', `${file}: ${(cause as Error).message}`, { cause })
  }
}

/** Options of {@link createTokenizer}. */
export interface CreateTokenizerOptions {
  /** What errors call the files. Default: `tokenizer.json`. */
  file?: string
}

/**
 * A tokeniser of what is in the files tokenizer.json and tokenizer_config.json, run by `@huggingface/tokenizers`.
 * @throws LmError `INVALID_TOKENIZER` when it cannot be built.
 */
export function createTokenizer(files: TokenizerFiles, options: CreateTokenizerOptions = {}): Tokenizer {
  checkOptions('createTokenizer', options, { file: true })
  const { file = 'tokenizer.json' } = options
  const implementation = construct(files, file)
  const vocabSize = implementation.model?.vocab.length ?? 0
  const { clean_up_tokenization_spaces: cleanUp } = files.config as Record<string, unknown>

  const idToToken = (id: number): string | undefined =>
    Number.isSafeInteger(id) ? implementation.id_to_token(id) : undefined

  function requireIds(ids: ArrayLike<number>): number[] {
    const list = Array.from(ids)
    const unknown = list.find((id) => idToToken(id) === undefined)
    if (unknown === undefined) return list
    throw new LmError('UNKNOWN_TOKEN', `${file}: id: expected one from 0 to ${vocabSize - 1}, got ${unknown}`)
  }

  function decode(ids: ArrayLike<number>, options: DecodeOptions = {}): string {
    checkOptions('decode', options, { skipSpecialTokens: true })
    const list = requireIds(ids)
    if (list.length === 0) return ''
    return implementation.decode(list, {
      skip_special_tokens: options.skipSpecialTokens ?? false,
      clean_up_tokenization_spaces: cleanUp === true,
    })
  }

  return {
    vocabSize,
    specialTokens: specialTokens(files.config, (token) => implementation.token_to_id(token)),
    files,
    encode(text, options = {}) {
      checkOptions('encode', options, { addSpecialTokens: true })
      if (typeof text !== 'string') {
        throw new LmError('INVALID_OPTION', `text: expected a string, got ${excerpt(text)}`)
      }
      const { ids } = implementation.encode(text, { add_special_tokens: options.addSpecialTokens ?? true })
      const lost = ids.findIndex((id) => !Number.isSafeInteger(id))
      if (lost < 0) return ids
      throw new LmError(
        'INVALID_TOKENIZER',
        `${file}: token ${lost} of ${excerpt(text)} is not in the vocabulary`,
      )
    },
    decode,
    decodeStream: (options = {}) => streamOf((ids) => decode(ids, options)),
    tokenToId: (token) => implementation.token_to_id(token),
    idToToken,
  }
}

/** More tokens than the longest character has bytes; bytes that are never a character are given up after as many. */
const longestCharacter = 16

/** Tokens without text that are remembered, so that a row of them, however long, is not decoded again and again. */
const longestContext = 16

/**
 * Tokens are decoded together with those before them, as far back as text was complete: what a token adds depends on
 * them, such as whether its space is the first of the text.
 */
function streamOf(decode: (ids: readonly number[]) => string): TextStream {
  let context: number[] = []
  let pending: number[] = []
  const added = (): string => decode([...context, ...pending]).slice(decode(context).length)
  const settle = (): string => {
    const text = added()
    // A token without text, such as a special one that is left out, is no context for the next.
    context = text === '' ? [...context, ...pending].slice(-longestContext) : pending
    pending = []
    return text
  }
  return {
    push(id) {
      pending.push(id)
      const open = added().endsWith('\ufffd') && pending.length < longestCharacter
      return open ? '' : settle()
    },
    end: () => (pending.length === 0 ? '' : settle()),
  }
}
