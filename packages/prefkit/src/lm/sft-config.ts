import type { LoraConfig } from '@prefkit/lm'
import type { BackendChoice } from '@prefkit/tensor'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'
import { type ScheduleName, scheduleNames } from './step-sizes'

/** Everything that decides what a fine-tuning comes to; the content of a run's `config.json`. */
export interface SftConfig {
  /** Rows to learn from, then those to measure the loss on. */
  readonly files: readonly string[]
  /** How many of the files are to learn from. */
  readonly trainingFiles: number
  /** Path of the model that is trained. */
  readonly model: string
  /** A tokeniser of llama2.c for one of its models, and a chat template, where its own files are not meant. */
  readonly tokenizer?: string | undefined
  readonly chatTemplate?: string | undefined
  /** SHA-256 of its files. */
  readonly fingerprint: string
  readonly chat: boolean
  readonly system?: string | undefined
  /** The low-rank change that is trained; all parameters without. */
  readonly lora?: LoraConfig | undefined
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** How the step size changes; see `stepSizes`. */
  readonly schedule: ScheduleName
  readonly warmupRatio: number
  readonly weightDecay: number
  readonly maxGradNorm: number
  /** Tokens that are kept of each text, from the front. */
  readonly maxLength: number
  /** Tokens that are computed at once, at most. */
  readonly microBatchTokens?: number | undefined
  readonly seed: number
  readonly backend: BackendChoice
  /** What ran it: another would give other last digits. */
  readonly ranOn: string
}

const number = (expected: string, allows: (value: number) => boolean) =>
  z.custom<number>(
    (value) => typeof value === 'number' && Number.isFinite(value) && allows(value),
    `expected ${expected}`,
  )

const whole = (least: number) =>
  number(`a whole number of at least ${least}`, (value) => Number.isSafeInteger(value) && value >= least)

const count = whole(1)
const positive = number('a number above 0', (value) => value > 0)
const notNegative = number('a number of at least 0', (value) => value >= 0)

const lora = z.strictObject({
  rank: count,
  alpha: positive,
  dropout: number('a number of at least 0 and less than 1', (value) => value >= 0 && value < 1),
  targetModules: z.union([z.literal('all-linear'), z.array(z.string().min(1)).min(1)], {
    error: 'expected names of linear maps, or all-linear',
  }),
})

const schema = z.strictObject({
  files: z.array(z.string()).min(1),
  trainingFiles: count,
  model: z.string().min(1),
  tokenizer: z.string().optional(),
  chatTemplate: z.string().optional(),
  fingerprint: z.string().min(1),
  chat: z.boolean(),
  system: z.string().optional(),
  lora: lora.optional(),
  epochs: count,
  batchSize: count,
  learningRate: positive,
  schedule: z.enum(scheduleNames, { error: `expected one of ${scheduleNames.join(', ')}` }),
  warmupRatio: number('a number of at least 0 and less than 1', (value) => value >= 0 && value < 1),
  weightDecay: notNegative,
  maxGradNorm: positive,
  maxLength: whole(2),
  microBatchTokens: count.optional(),
  seed: whole(0),
  backend: z.string(),
  ranOn: z.string(),
})

const optionNames: Readonly<Record<string, string>> = {
  rank: '--lora-rank',
  alpha: '--lora-alpha',
  dropout: '--lora-dropout',
  targetModules: '--lora-targets',
}

const optionOf = (path: readonly PropertyKey[]): string => {
  const name = String(path.findLast((part) => typeof part === 'string') ?? 'content')
  return optionNames[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/**
 * Checks a configuration from outside.
 * @param source where it comes from, for messages.
 * @throws PrefkitError `INVALID_CONFIG` naming source and option.
 */
export function parseSftConfig(value: unknown, source: string): SftConfig {
  const parsed = schema.safeParse(value)
  // The names of backends are checked where they are made.
  if (parsed.success) return parsed.data as SftConfig
  const { path, message } = parsed.error.issues[0]!
  throw new PrefkitError('INVALID_CONFIG', `${source}: ${optionOf(path)}: ${message}`)
}
