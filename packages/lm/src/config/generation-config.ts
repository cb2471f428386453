import { checkOptions } from '../check-options'
import { fieldReader, readTokenIds } from './field-reader'

/** How a model's makers suggest that it be sampled from. What is not there was not said. */
export interface GenerationConfig {
  readonly bosTokenId?: number
  /** Tokens that end a text; empty when none is named. */
  readonly eosTokenIds: readonly number[]
  readonly padTokenId?: number
  /** False for greedy decoding. */
  readonly doSample?: boolean
  /** Above 0. */
  readonly temperature?: number
  /** Sample among this many of the most probable tokens; 0 for all. */
  readonly topK?: number
  /** Sample among the fewest tokens whose probabilities sum to this, in (0, 1]. */
  readonly topP?: number
  /** Sample among tokens at least this many times as probable as the best, in [0, 1]. */
  readonly minP?: number
  /** Divides logits of tokens that have occurred, or multiplies negative ones; above 0. */
  readonly repetitionPenalty?: number
  /** Length of prompt and continuation together, in tokens. */
  readonly maxLength?: number
  /** Length of the continuation, in tokens. */
  readonly maxNewTokens?: number
}

/** Options of {@link parseGenerationConfig}. */
export interface ParseGenerationConfigOptions {
  /** What errors call the object. Default: `generation_config.json`. */
  file?: string
}

/** Each field with its name in the file and how it is read. */
const fieldsOf = {
  doSample: ['do_sample', 'boolean'],
  temperature: ['temperature', 'positive'],
  topK: ['top_k', 'count'],
  topP: ['top_p', 'positive'],
  minP: ['min_p', 'number'],
  repetitionPenalty: ['repetition_penalty', 'positive'],
  maxLength: ['max_length', 'count'],
  maxNewTokens: ['max_new_tokens', 'count'],
} as const

/**
 * The object in a generation_config.json, checked; fields that are not in `GenerationConfig` are passed over.
 * @throws LmError `INVALID_CONFIG` naming the field, its value and what was expected.
 */
export function parseGenerationConfig(
  json: unknown,
  options: ParseGenerationConfigOptions = {},
): GenerationConfig {
  checkOptions('parseGenerationConfig', options, { file: true })
  const fields = fieldReader(json, options.file ?? 'generation_config.json')
  const readers = {
    boolean: (name: string) => fields.boolean(name, false),
    positive: (name: string) => fields.positive(name),
    number: (name: string) => fields.number(name),
    count: (name: string) => fields.whole(name, undefined, 0),
  }
  const given = Object.entries(fieldsOf).filter(([, [name]]) => fields.has(name))
  const ids = Object.entries({ bosTokenId: 'bos_token_id', padTokenId: 'pad_token_id' }).filter(([, name]) =>
    fields.has(name),
  )
  return {
    ...Object.fromEntries(ids.map(([key, name]) => [key, readTokenIds(fields, name)[0]])),
    eosTokenIds: readTokenIds(fields, 'eos_token_id'),
    ...Object.fromEntries(given.map(([key, [name, kind]]) => [key, readers[kind](name)])),
  }
}

/** The object of a generation_config.json that `parseGenerationConfig` reads back as `config`. */
export function generationConfigToJson(config: GenerationConfig): Record<string, unknown> {
  const { eosTokenIds, bosTokenId, padTokenId } = config
  const given = Object.entries(fieldsOf).filter(([key]) => config[key as keyof typeof fieldsOf] !== undefined)
  return {
    ...(bosTokenId === undefined ? {} : { bos_token_id: bosTokenId }),
    ...(padTokenId === undefined ? {} : { pad_token_id: padTokenId }),
    ...(eosTokenIds.length === 0
      ? {}
      : { eos_token_id: eosTokenIds.length > 1 ? eosTokenIds : eosTokenIds[0] }),
    ...Object.fromEntries(given.map(([key, [name]]) => [name, config[key as keyof typeof fieldsOf]])),
  }
}
