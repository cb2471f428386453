import type { Calibration, PanelWeights } from '@prefkit/judges'
import type { TaskFamilyName } from '@prefkit/rubrics'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'
import {
  familyNames,
  inconsistentNames,
  methodNames,
  orderNames,
  pairFormatNames,
  scoreFormatNames,
} from './judge-names'

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
  /** Price of a million tokens of prompt, and of completion. */
  readonly prices?: readonly number[] | undefined
  /** Tokens that an answer may have. */
  readonly maxTokens?: number | undefined
}

/** How answers that are text are sampled. */
export interface Sampling {
  /** Answers for each question. */
  readonly votes: number
  /** 0 or more; above 0 with several votes. */
  readonly temperature: number
}

/** How pairs are asked about. */
export interface PairAsking extends Sampling {
  readonly kind: 'pairs'
  /** Default: `yes-no` where probabilities are read, `reasoning` where answers are. */
  readonly format?: (typeof pairFormatNames)[number] | undefined
  /** `logprobs` reads the probability of the answer's token, `text` writes the answer; `auto` sees what the server can. */
  readonly method: (typeof methodNames)[number]
  /** The rule by which responses are compared; formats have one of their own. */
  readonly rule?: string | undefined
  /** One order costs half as much, and leaves the position bias in. */
  readonly orders: (typeof orderNames)[number]
  readonly inconsistent: (typeof inconsistentNames)[number]
  /** Fitted weights of a panel's judges; without, all weigh alike. */
  readonly panelWeights?: PanelWeights | undefined
  /** A fitted calibration of win probabilities. */
  readonly calibration?: Calibration | undefined
  /** Judgements whose surer response has a lower probability than this, in [0.5, 1], are abstentions. */
  readonly abstainBelow?: number | undefined
}

/** How single responses are asked about. */
export interface ScoreAsking extends Sampling {
  readonly kind: 'scores'
  readonly format: (typeof scoreFormatNames)[number]
  /** The kind of task, which has a primary rubric. */
  readonly family: TaskFamilyName
  /** A file of rubrics instead of the family's own. */
  readonly rubrics?: string | undefined
  /** Whether the rubrics that are known beforehand are shown. */
  readonly primary: boolean
  /** The least and the greatest number of criteria that the judge writes itself; none where it writes none. */
  readonly generate?: readonly number[] | undefined
}

/** How several responses at once are asked about. */
export interface ListAsking extends Sampling {
  readonly kind: 'lists'
}

/** Who judges, and how it is asked. */
export interface JudgeConfig<Asking = PairAsking | ScoreAsking | ListAsking> {
  /** `openai:<model>`, `local:<path>`, `reward-model:<directory>` or `human`; several make a panel. */
  readonly judges: readonly string[]
  readonly server: ServerConfig
  readonly asking: Asking
  /** Folder in which answers are kept, so that none is paid for twice; `undefined` for none. */
  readonly cache?: string | undefined
  /** The run stops once it has cost this much. */
  readonly maxCost?: number | undefined
  readonly seed: number
}

const count = z.int().min(1)
const sampling = { votes: count, temperature: z.number().min(0) }
const address = { protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:8080/v1' }

/** Parameters of a query that are secrets, by name. */
const secretName = /key|token|secret|passw|signature|credential|auth|(?:^|[^a-z])(?:sig|pwd)(?![a-z])/i

/** An address is kept with the run and shown in its report: who may ask does not belong into it. */
function hasNoSecrets(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return true
  const { username, password, searchParams } = new URL(baseUrl)
  return username === '' && password === '' && ![...searchParams.keys()].some((name) => secretName.test(name))
}

/** The address of a model server, which has no secrets in it. */
export const serverAddress = z.url(address).refine(hasNoSecrets, {
  error:
    'expected an address without user, password or key, which would be kept with the run; put the key into a variable of the environment and name it by --api-key-env',
  params: { isSecret: true },
})

const server = z.strictObject({
  baseUrl: serverAddress.optional(),
  apiKeyEnv: z.string().min(1),
  timeout: z.number().gt(0),
  retries: z.int().min(0),
  concurrency: count,
  prices: z.array(z.number().min(0)).length(2).optional(),
  maxTokens: count.optional(),
})

const pairs = z.strictObject({
  kind: z.literal('pairs'),
  format: z.enum(pairFormatNames).optional(),
  method: z.enum(methodNames),
  rule: z.string().min(1).optional(),
  orders: z.enum(orderNames),
  inconsistent: z.enum(inconsistentNames),
  panelWeights: z.custom<PanelWeights>((value) => typeof value === 'object' && value !== null).optional(),
  calibration: z.custom<Calibration>((value) => typeof value === 'object' && value !== null).optional(),
  abstainBelow: z.number().min(0.5).max(1).optional(),
  ...sampling,
})

const scores = z.strictObject({
  kind: z.literal('scores'),
  format: z.enum(scoreFormatNames),
  family: z.enum(familyNames as [TaskFamilyName, ...TaskFamilyName[]]),
  rubrics: z.string().min(1).optional(),
  primary: z.boolean(),
  generate: z.array(z.int().min(0)).length(2).optional(),
  ...sampling,
})

const lists = z.strictObject({ kind: z.literal('lists'), ...sampling })

const asking = z
  .discriminatedUnion('kind', [pairs, scores, lists])
  .refine(({ votes, temperature }) => votes === 1 || temperature > 0, {
    path: ['temperature'],
    error: 'several votes at temperature 0 are the same vote: expected more than 0',
  })

/** What the configuration of judges has to be. */
export const judgeConfigSchema: z.ZodType<JudgeConfig> = z.strictObject({
  judges: z.array(z.string().min(1)).min(1, 'expected who judges, such as openai:<model> or local:<path>'),
  server,
  asking,
  cache: z.string().min(1).optional(),
  maxCost: z.number().gt(0).optional(),
  seed: z.int(),
})

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** What the option of a setting is called where it is not the setting's name. */
const optionNames: Readonly<Record<string, string>> = { judges: '--judge', files: 'files' }

/** The option that sets what a path leads to, such as `--base-url`. */
const optionOf = (path: readonly PropertyKey[]): string => {
  const name = String(path.findLast((part) => typeof part === 'string') ?? 'content')
  return optionNames[name] ?? `--${kebab(name)}`
}

/** What was given instead, as far as it may be shown. */
function gotOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'custom' && issue.params?.isSecret) return ''
  const given = issue.path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  )
  const isNothing = given === undefined || (Array.isArray(given) && given.length === 0)
  return isNothing ? '' : `, got ${JSON.stringify(given)}`
}

/**
 * What a schema makes of a configuration from outside.
 * @param source where it comes from, for messages.
 * @throws PrefkitError `INVALID_CONFIG` naming source, option and value.
 */
export function parseConfig<Config>(type: z.ZodType<Config>, value: unknown, source: string): Config {
  const parsed = type.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw new PrefkitError(
    'INVALID_CONFIG',
    `${source}: ${optionOf(issue.path)}: ${issue.message}${gotOf(issue, value)}`,
  )
}
