import { isRecord } from '../config/field-reader'

/** A token that has a role. */
export interface SpecialToken {
  readonly token: string
  readonly id: number
}

/** Tokens by their role; those that no file names are not there. */
export interface SpecialTokens {
  /** Begins a text. */
  readonly bos?: SpecialToken
  /** Ends a text, or the turn of a conversation. */
  readonly eos?: SpecialToken
  /** Fills up shorter texts of a batch. */
  readonly pad?: SpecialToken
  /** Stands for what the vocabulary lacks. */
  readonly unk?: SpecialToken
}

/** The names that roles have in tokenizer_config.json and in chat templates. */
export const roleNames: Readonly<Record<keyof SpecialTokens, string>> = {
  bos: 'bos_token',
  eos: 'eos_token',
  pad: 'pad_token',
  unk: 'unk_token',
}

/** A token is written as text, or as an object with its content. */
const contentOf = (value: unknown): unknown => (isRecord(value) ? value.content : value)

/** The tokens that a tokenizer_config.json names, as far as they are in the vocabulary. */
export function specialTokens(config: object, idOf: (token: string) => number | undefined): SpecialTokens {
  const found = Object.entries(roleNames).flatMap(([role, name]) => {
    const token = contentOf((config as Record<string, unknown>)[name])
    const id = typeof token === 'string' ? idOf(token) : undefined
    return id === undefined ? [] : [[role, { token, id }]]
  })
  return Object.fromEntries(found) as SpecialTokens
}
