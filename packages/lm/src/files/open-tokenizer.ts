import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from '../config/field-reader'
import { type ChatTemplate, chatTemplate } from '../tokenizer/chat-template'
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer'
import { readJsonIfThere, readTextIfThere } from './read-json'

/** What a directory has to turn text into tokens. */
export interface OpenTokenizer {
  readonly tokenizer?: Tokenizer
  readonly chatTemplate?: ChatTemplate
  readonly tokenizerFiles: readonly string[]
}

/** Every file that a tokeniser may have. */
export const tokenizerFileNames: readonly string[] = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
  'chat_template.jinja',
  'chat_template.json',
]

/** A template, or several with names, of which the one called `default` is meant. */
function templateIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return undefined
  const chosen: unknown = value.find((each) => isRecord(each) && each.name === 'default')
  return isRecord(chosen) && typeof chosen.template === 'string' ? chosen.template : undefined
}

/**
 * The tokeniser of a directory, from its tokenizer.json; a directory with other files only has none.
 * @throws LmError `INVALID_TOKENIZER` when it cannot be built, `TEMPLATE_FAILED` when the chat template is none.
 */
export async function openTokenizer(directory: string): Promise<OpenTokenizer> {
  const path = join(directory, 'tokenizer.json')
  const tokenizerFiles = tokenizerFileNames.map((name) => join(directory, name)).filter(existsSync)
  const json = await readJsonIfThere(path)
  if (json === undefined) return { tokenizerFiles }
  const ownConfig = await readJsonIfThere(join(directory, 'tokenizer_config.json'))
  // Older files name the special tokens in one of their own.
  const map = await readJsonIfThere(join(directory, 'special_tokens_map.json'))
  const config = { ...(isRecord(map) ? map : {}), ...(isRecord(ownConfig) ? ownConfig : {}) }
  const tokenizer = createTokenizer({ tokenizer: json as object, config }, { file: path })
  const source =
    (await readTextIfThere(join(directory, 'chat_template.jinja'))) ?? templateIn(config.chat_template)
  if (source === undefined) return { tokenizer, tokenizerFiles }
  return { tokenizer, chatTemplate: chatTemplate(source, tokenizer.specialTokens), tokenizerFiles }
}
