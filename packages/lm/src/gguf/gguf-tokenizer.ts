import { excerpt } from '../check-options'
import { LmError } from '../lm-error'
import { byteLevelTokenizer, splittingOf } from '../tokenizer/byte-level-tokenizer'
import { sentencePieceTokenizer } from '../tokenizer/sentence-piece-tokenizer'
import type { TokenizerFiles } from '../tokenizer/tokenizer'
import { tokenizerConfig, tokenKinds, type Vocabulary } from '../tokenizer/vocabulary'
import type { GgufHeader, GgufValue } from './parse-gguf'

/** Reads the metadata whose keys begin with `tokenizer.ggml.`. */
interface Entries {
  readonly file: string
  get(key: string): GgufValue | undefined
  /** A list of one kind of values, undefined when it is not there. */
  list(key: string, kind: 'string' | 'number'): readonly GgufValue[] | undefined
  flag(key: string, fallback: boolean): boolean
  id(key: string): number | undefined
}

function entriesOf({ metadata }: GgufHeader, file: string): Entries {
  const get = (key: string) => metadata[`tokenizer.ggml.${key}`]
  const refuse = (key: string, expected: string): never => {
    const got = excerpt(get(key))
    throw new LmError('INVALID_TOKENIZER', `${file}: tokenizer.ggml.${key}: expected ${expected}, got ${got}`)
  }
  return {
    file,
    get,
    list(key, kind) {
      const value = get(key)
      if (value === undefined) return undefined
      const holds = Array.isArray(value) && value.every((each) => typeof each === kind)
      return holds ? (value as readonly GgufValue[]) : refuse(key, `an array of ${kind}s`)
    },
    flag(key, fallback) {
      const value = get(key) ?? fallback
      return typeof value === 'boolean' ? value : refuse(key, 'true or false')
    },
    id(key) {
      const value = get(key)
      if (value === undefined) return undefined
      return Number.isSafeInteger(value) ? (value as number) : refuse(key, 'a token id')
    },
  }
}

function vocabularyOf(entries: Entries, addBos: boolean): Vocabulary {
  const tokens = entries.list('tokens', 'string') as readonly string[] | undefined
  if (!tokens)
    throw new LmError('INVALID_TOKENIZER', `${entries.file}: tokenizer.ggml.tokens: expected tokens`)
  const kinds = entries.list('token_type', 'number') ?? tokens.map(() => tokenKinds.normal)
  const ids = Object.entries({ bosId: 'bos', eosId: 'eos', padId: 'padding', unkId: 'unknown' }).flatMap(
    ([role, key]) => {
      const id = entries.id(`${key}_token_id`)
      if (id === undefined) return []
      if (id >= 0 && id < tokens.length) return [[role, id]]
      const problem = `expected an id below ${tokens.length}, got ${id}`
      throw new LmError('INVALID_TOKENIZER', `${entries.file}: tokenizer.ggml.${key}_token_id: ${problem}`)
    },
  )
  return {
    file: entries.file,
    tokens,
    kinds: requireLength(entries, 'token_type', kinds as readonly number[], tokens.length),
    ...Object.fromEntries(ids),
    addBos: entries.flag('add_bos_token', addBos),
    addEos: entries.flag('add_eos_token', false),
  }
}

function requireLength<T>(entries: Entries, key: string, values: readonly T[], length: number): readonly T[] {
  if (values.length === length) return values
  const problem = `expected ${length} values, as many as tokens, got ${values.length}`
  throw new LmError('INVALID_TOKENIZER', `${entries.file}: tokenizer.ggml.${key}: ${problem}`)
}

/** The builders of a tokenizer.json, by llama.cpp's name of the model. */
const models: Readonly<Record<string, (entries: Entries) => { vocabulary: Vocabulary; tokenizer: object }>> =
  {
    gpt2(entries) {
      const splitting = splittingOf(entries.get('pre'), entries.file)
      const vocabulary = vocabularyOf(entries, splitting.addBos)
      const merges = (entries.list('merges', 'string') ?? []) as readonly string[]
      return { vocabulary, tokenizer: byteLevelTokenizer(vocabulary, merges, splitting) }
    },
    llama(entries) {
      const vocabulary = vocabularyOf(entries, true)
      const scores = (entries.list('scores', 'number') ?? []) as readonly number[]
      requireLength(entries, 'scores', scores, vocabulary.tokens.length)
      const prefix = entries.flag('add_space_prefix', true)
      return { vocabulary, tokenizer: sentencePieceTokenizer(vocabulary, scores, prefix) }
    },
  }

/** The chat template in a GGUF's metadata, where there is one. */
export function ggufChatTemplate({ metadata }: GgufHeader): string | undefined {
  const template = metadata['tokenizer.chat_template']
  return typeof template === 'string' ? template : undefined
}

/**
 * The tokeniser in a GGUF's metadata as the files that Hugging Face would have for it; undefined when there is none.
 * @throws LmError `INVALID_TOKENIZER` for a kind that is not known, or entries that contradict each other.
 */
export function ggufTokenizerFiles(header: GgufHeader, file: string): TokenizerFiles | undefined {
  const entries = entriesOf(header, file)
  const model = entries.get('model')
  if (model === undefined || model === 'no_vocab' || model === 'none') return undefined
  if (typeof model !== 'string' || !Object.hasOwn(models, model)) {
    const problem = `expected one of ${Object.keys(models).join(', ')}, got ${excerpt(model)}`
    throw new LmError('INVALID_TOKENIZER', `${file}: tokenizer.ggml.model: ${problem}`)
  }
  const { vocabulary, tokenizer } = models[model]!(entries)
  return { tokenizer, config: tokenizerConfig(vocabulary, ggufChatTemplate(header)) }
}
