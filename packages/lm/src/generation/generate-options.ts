import { checkOptions, excerpt } from '../check-options'
import { LmError } from '../lm-error'
import type { MaybeLoaded } from '../running/loaded-language-model'
import { requireListeners } from '../running/require-listeners'
import { requireTokenIds } from '../running/require-token-ids'
import type { Tokenizer } from '../tokenizer/tokenizer'
import type { SamplingSettings } from './processors'

/** How to continue prompts. */
export interface GenerateOptions {
  /** Tokens of a continuation, at most; one that reaches the end of the model's context ends there. Default: 256. */
  maxNewTokens?: number
  /**
   * Divides the logits, ≥ 0; 0 takes the most probable token each time, the lowest id of several, and however little above 0
   * it is, what it divides stays numbers. Default: 1.
   */
  temperature?: number
  /** Draws among this many of the most probable tokens; 0 for all. Default: 0. */
  topK?: number
  /** Draws among the fewest tokens whose probabilities reach this, in (0, 1]. Default: 1. */
  topP?: number
  /** Draws among tokens at least this many times as probable as the best, in [0, 1]. Default: 0. */
  minP?: number
  /** Divides positive logits of tokens that have occurred, the prompt's too, and multiplies negative ones; > 0. Default: 1. */
  repetitionPenalty?: number
  /**
   * Strings that end a continuation, special tokens among them; its text ends before them, its tokens with the one that
   * completed one. Default: none.
   */
  stop?: readonly string[]
  /** Tokens that end a continuation, which has them as its last. Default: those of generation_config.json, or of config.json. */
  stopTokenIds?: readonly number[]
  /** Of the random numbers, an integer. Default: 0. */
  seed?: number
  /** The number of the first prompt, for those who ask for some prompts at a time. Default: 0. */
  firstIndex?: number
  /** Continuations of each prompt, which is computed once. Default: 1. */
  n?: number
  /** How many continuations are computed together, at most. Default: 16. */
  batchSize?: number
  /** Tokens of prompts in one pass, at most: bounds memory. Default: 1024. */
  passTokens?: number
  /** Ends it early: its reason is thrown. Default: none. */
  signal?: AbortSignal
  /** Told after each step. Default: nobody. */
  progress?: (progress: GenerateProgress) => void
}

/** How to continue one prompt, token by token. */
export type StreamOptions = Omit<GenerateOptions, 'n' | 'batchSize' | 'progress'>

/** How far a call of `generate` is. */
export interface GenerateProgress {
  /** Tokens generated so far, of all continuations. */
  readonly tokens: number
  /** Continuations that have ended. */
  readonly finished: number
  /** Continuations that were asked for. */
  readonly total: number
}

/** All that a call goes by. */
export interface GenerateSettings extends SamplingSettings {
  readonly maxNewTokens: number
  /** Tokens of a prompt and its continuation, at most; at least one is generated. */
  readonly maxLength: number
  readonly stop: readonly string[]
  readonly stopTokenIds: ReadonlySet<number>
  readonly seed: number
  readonly firstIndex: number
  readonly n: number
  readonly batchSize: number
  readonly passTokens: number
  readonly signal: AbortSignal | undefined
  readonly progress: (progress: GenerateProgress) => void
}

/** Names of the options of streams, for those that have further ones. */
export const streamOptionNames = {
  maxNewTokens: true,
  temperature: true,
  topK: true,
  topP: true,
  minP: true,
  repetitionPenalty: true,
  stop: true,
  stopTokenIds: true,
  seed: true,
  firstIndex: true,
  passTokens: true,
  signal: true,
} as const

/** Names of the options, for those that have further ones. */
export const generateOptionNames = { ...streamOptionNames, n: true, batchSize: true, progress: true } as const

const whole = (least: number) => (value: number) => Number.isSafeInteger(value) && value >= least

/** What each number may be, in words and as a test. */
const numbers = {
  maxNewTokens: ['a whole number of at least 1', whole(1)],
  temperature: ['a number of at least 0', (value) => value >= 0 && Number.isFinite(value)],
  topK: ['a whole number of at least 0', whole(0)],
  topP: ['a number above 0 and up to 1', (value) => value > 0 && value <= 1],
  minP: ['a number from 0 to 1', (value) => value >= 0 && value <= 1],
  repetitionPenalty: ['a number above 0', (value) => value > 0 && Number.isFinite(value)],
  seed: ['an integer', Number.isSafeInteger],
  firstIndex: ['a whole number of at least 0', whole(0)],
  n: ['a whole number of at least 1', whole(1)],
  batchSize: ['a whole number of at least 1', whole(1)],
  passTokens: ['a whole number of at least 1', whole(1)],
} as const satisfies Record<string, readonly [string, (value: number) => boolean]>

// Of a table, Object.keys has exactly the names that it was written with.
const names = Object.keys(numbers) as (keyof typeof numbers)[]

const defaults = {
  maxNewTokens: 256,
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 0,
  firstIndex: 0,
  n: 1,
  batchSize: 16,
  passTokens: 1024,
} as const satisfies Record<keyof typeof numbers, number>

function refuse(owner: string, name: string, expected: string, value: unknown): never {
  throw new LmError('INVALID_OPTION', `${owner}: ${name}: expected ${expected}, got ${excerpt(value)}`)
}

function requireStops(owner: string, { stop, stopTokenIds }: GenerateOptions, vocabSize: number): void {
  const strings = stop ?? []
  if (!Array.isArray(strings) || strings.some((each) => typeof each !== 'string' || each === '')) {
    refuse(owner, 'stop', 'strings that are not empty', stop)
  }
  if (stopTokenIds !== undefined) requireTokenIds(`${owner}: stopTokenIds`, stopTokenIds, vocabSize)
}

/** @throws LmError `INVALID_OPTION` naming the first number that cannot be; `owner` is what gave it. */
export function requireNumbers(owner: string, options: GenerateOptions): void {
  for (const name of names) {
    const [expected, allows] = numbers[name]
    const value = options[name]
    if (value !== undefined && !allows(value)) refuse(owner, name, expected, value)
  }
}

/**
 * Options with what they leave out.
 * @param maxLength tokens of a prompt and its continuation, at most.
 * @throws LmError `INVALID_OPTION` naming the option, its value and what was expected; `UNKNOWN_TOKEN` for stop tokens that are
 *   none; `INVALID_TOKENIZER` for stop strings without a tokeniser.
 */
export function resolveSettings(
  owner: string,
  model: MaybeLoaded,
  options: GenerateOptions,
  maxLength: number = Number.POSITIVE_INFINITY,
): GenerateSettings {
  checkOptions(owner, options, generateOptionNames)
  requireNumbers(owner, options)
  requireListeners(owner, options)
  requireStops(owner, options, model.config.vocabSize)
  if (options.stop?.length && !model.tokenizer) {
    const problem = 'stop strings need a tokeniser, and the model has none: give stopTokenIds'
    throw new LmError('INVALID_TOKENIZER', `${model.name}: ${problem}`)
  }
  requireWritable(owner, model, options.stop ?? [])
  // One number for each name: TypeScript has the entries as of any name.
  const given = Object.fromEntries(names.map((name) => [name, options[name] ?? defaults[name]])) as Record<
    keyof typeof numbers,
    number
  >
  const ends = [...(options.stopTokenIds ?? endsOf(model)), ...specialTokensOf(model, options.stop ?? [])]
  return {
    ...given,
    maxLength,
    stop: options.stop ?? [],
    stopTokenIds: new Set(ends),
    signal: options.signal,
    progress: options.progress ?? (() => {}),
  }
}

/** Whether a token is left out of texts, as special ones are. */
const isSilent = (tokenizer: Tokenizer, id: number): boolean =>
  tokenizer.decode([id]) !== '' && tokenizer.decode([id], { skipSpecialTokens: true }) === ''

/** That each stop string may occur: no text has a special token in it, and those that are one are looked for as tokens. */
function requireWritable(owner: string, { tokenizer }: MaybeLoaded, stop: readonly string[]): void {
  const never = stop.find((each) => {
    if (!tokenizer || tokenizer.tokenToId(each) !== undefined) return false
    return tokenizer.encode(each, { addSpecialTokens: false }).some((id) => isSilent(tokenizer, id))
  })
  if (never === undefined) return
  refuse(owner, 'stop', 'special tokens by themselves, as text is without them', never)
}

/** Stop strings that are special tokens, such as `<|im_end|>`: no text has them, so their tokens are what ends it. */
function specialTokensOf({ tokenizer }: MaybeLoaded, stop: readonly string[]): number[] {
  return stop.flatMap((each) => {
    const id = tokenizer?.tokenToId(each)
    return id !== undefined && isSilent(tokenizer!, id) ? [id] : []
  })
}

function endsOf({ generationConfig, config }: MaybeLoaded): readonly number[] {
  const named = generationConfig?.eosTokenIds ?? []
  return named.length > 0 ? named : config.eosTokenIds
}
