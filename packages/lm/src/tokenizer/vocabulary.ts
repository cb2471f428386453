import { excerpt } from '../check-options'
import { LmError } from '../lm-error'

/** What a token is, by the numbers that sentencepiece and llama.cpp have for it. */
export const tokenKinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const

/** The tokens of a model as formats other than tokenizer.json have them, by id. */
export interface Vocabulary {
  /** What messages call it. */
  readonly file: string
  readonly tokens: readonly string[]
  /** One of `tokenKinds` for each token. */
  readonly kinds: ArrayLike<number>
  readonly bosId?: number
  readonly eosId?: number
  readonly padId?: number
  readonly unkId?: number
  /** Whether a text begins with the token for it. */
  readonly addBos: boolean
  /** Whether a text ends with the token for it. */
  readonly addEos: boolean
}

/**
 * Ids by token.
 * @throws LmError `INVALID_TOKENIZER` for a token that is there twice.
 */
export function idsByToken({ tokens, file }: Vocabulary): Map<string, number> {
  const ids = new Map(tokens.map((token, id) => [token, id]))
  if (ids.size === tokens.length) return ids
  const twice = tokens.find((token, id) => ids.get(token) !== id)!
  throw new LmError('INVALID_TOKENIZER', `${file}: the token ${excerpt(twice)} is there twice`)
}

/** What tokenizer.json has for tokens that are found in a text before anything else. */
export const addedTokens = ({ tokens, kinds }: Vocabulary): object[] =>
  tokens.flatMap((content, id) => {
    const kind = kinds[id]!
    // Text that spells the unknown token is text; but what decodes has to know that it is special.
    const special = kind === tokenKinds.control || kind === tokenKinds.unknown
    if (!special && kind !== tokenKinds.userDefined) return []
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }]
  })

/** The tokens around every text, as a post-processor; null when there are none. */
export function postProcessor({ tokens, addBos, addEos, bosId, eosId }: Vocabulary): object | null {
  const token = (add: boolean, id: number | undefined) => (add && id !== undefined ? [tokens[id]!] : [])
  const [before, after] = [token(addBos, bosId), token(addEos, eosId)]
  const used = [...new Set([...before, ...after])]
  if (used.length === 0) return null
  const around = (id: string, type: number) => [
    ...before.map((name) => ({ SpecialToken: { id: name, type_id: type } })),
    { Sequence: { id, type_id: type } },
    ...after.map((name) => ({ SpecialToken: { id: name, type_id: type } })),
  ]
  return {
    type: 'TemplateProcessing',
    single: around('A', 0),
    pair: [...around('A', 0), ...around('B', 1)],
    special_tokens: Object.fromEntries(
      used.map((name) => [name, { id: name, ids: [tokens.indexOf(name)], tokens: [name] }]),
    ),
  }
}

/** The object of tokenizer_config.json. */
export function tokenizerConfig(vocabulary: Vocabulary, chatTemplate?: string): Record<string, unknown> {
  const { tokens, bosId, eosId, padId, unkId } = vocabulary
  const roles = { bos_token: bosId, eos_token: eosId, pad_token: padId, unk_token: unkId }
  const given = Object.entries(roles).filter(([, id]) => id !== undefined && tokens[id] !== undefined)
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    ...Object.fromEntries(given.map(([name, id]) => [name, tokens[id!]])),
    ...(chatTemplate === undefined ? {} : { chat_template: chatTemplate }),
  }
}
