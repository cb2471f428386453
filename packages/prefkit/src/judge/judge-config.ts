import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'

/** How pairs are put to a model. */
export const pairFormatNames = ['yes-no', 'label', 'reasoning'] as const

/** How an answer is got out of a model. */
export const methodNames = ['auto', 'logprobs', 'text'] as const

/** What two orders that contradict each other come to. */
export const inconsistentNames = ['average', 'tie', 'abstain'] as const

/** How a model server is called. */
export interface ServerConfig {
  /** Address of the server up to `/v1`; without one, that of OpenAI. */
  readonly baseUrl?: string | undefined
  /** The environment variable that holds the key; a server of one's own needs none. */
  readonly apiKeyEnv: string
  /** Seconds until a request without an answer is given up. */
  readonly timeout: number
  /** How often a request is tried again. */
  readonly retries: number
  /** Requests at once, at most; fewer where the server says that it has too many. */
  readonly concurrency: number
  /** Price of a million tokens of prompt and of completion. */
  readonly prices?: readonly number[] | undefined
  /** Tokens that an answer may have. */
  readonly maxTokens?: number | undefined
}

/** How pairs are asked about. */
export interface PairAsking {
  readonly format: (typeof pairFormatNames)[number]
  /** `logprobs` reads the probability of the answer's token, `text` writes the answer; `auto` sees what the server can. */
  readonly method: (typeof methodNames)[number]
  /** The rule by which responses are compared; formats have one of their own. */
  readonly rule?: string | undefined
  /** Answers for each order, where they are text. */
  readonly votes: number
  /** Of answers that are text; with several votes it must be above 0. */
  readonly temperature: number
  /** `false` asks in one order only, which is half as dear and leaves the position bias in. */
  readonly swap: boolean
  readonly inconsistent: (typeof inconsistentNames)[number]
}

/** Everything that decides what judges say of pairs; the content of a run's `config.json`. */
export interface JudgeConfig {
  /** `openai:<model>`, `reward-model:<directory>` or `human`; several make a panel. */
  readonly judges: readonly string[]
  readonly server: ServerConfig
  readonly asking: PairAsking
  /** Folder in which answers are kept, so that none is paid for twice; `undefined` for none. */
  readonly cache?: string | undefined
  /** The run stops once it has cost this much. */
  readonly maxCost?: number | undefined
  readonly seed: number
}

const count = z.int().min(1)

/** What a server's configuration has to be. */
export const serverSchema = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:8080/v1' })
    .optional(),
  apiKeyEnv: z.string().min(1),
  timeout: z.number().gt(0),
  retries: z.int().min(0),
  concurrency: count,
  prices: z.array(z.number().min(0)).length(2).optional(),
  maxTokens: count.optional(),
})

const schema = z.strictObject({
  judges: z.array(z.string().min(1)).min(1),
  server: serverSchema,
  asking: z
    .strictObject({
      format: z.enum(pairFormatNames),
      method: z.enum(methodNames),
      rule: z.string().min(1).optional(),
      votes: count,
      temperature: z.number().min(0),
      swap: z.boolean(),
      inconsistent: z.enum(inconsistentNames),
    })
    .refine(({ votes, temperature }) => votes === 1 || temperature > 0, {
      path: ['temperature'],
      error: 'several votes at temperature 0 are the same vote: expected more than 0',
    }),
  cache: z.string().min(1).optional(),
  maxCost: z.number().gt(0).optional(),
  seed: z.int(),
})

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** The option that sets what a path leads to: `--base-url`. */
const optionOf = (path: readonly PropertyKey[]): string => {
  const name = path.findLast((part) => typeof part === 'string') ?? 'content'
  return `--${kebab(String(name === 'judges' ? 'judge' : name))}`
}

/**
 * What a schema makes of a configuration from outside.
 * @param source where it comes from, for messages.
 * @throws PrefkitError `INVALID_CONFIG` naming source, option and value.
 */
export function parseConfig<Config>(type: z.ZodType<Config>, value: unknown, source: string): Config {
  const parsed = type.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  const given = path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  )
  const got = given === undefined ? '' : `, got ${JSON.stringify(given)}`
  throw new PrefkitError('INVALID_CONFIG', `${source}: ${optionOf(path)}: ${message}${got}`)
}

/** Checks the configuration of judges; see `parseConfig`. */
export const parseJudgeConfig = (value: unknown, source: string): JudgeConfig =>
  parseConfig(schema, value, source)
