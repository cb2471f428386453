import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'
import type { AnnotatorConfig } from './annotator-model'
import { annotatorNames, type DesignName, designNames, utilityNames } from './design-names'
import type { PopulationConfig } from './draw-table'
import type { ColumnNames } from './row-fields'

/** Everything that decides what a plan comes to; the content of a run's `config.json`. */
export interface PlanConfig {
  /** Scored responses to plan with; none draws them from the population. */
  readonly files: readonly string[]
  readonly columns: ColumnNames
  /** What is drawn. */
  readonly population: Omit<PopulationConfig, 'prompts'>
  /** Prompts that are drawn, or used of a table at most. Default: 100, or 20 where responses have no features. */
  readonly prompts?: number | undefined
  readonly designs: readonly DesignName[]
  /** Annotation error rates on random pairs of one prompt, each in (0, ½]. */
  readonly errorRates: readonly number[]
  /** Numbers of labels, ascending. */
  readonly labels: readonly number[]
  /** Simulations of each design and error rate. */
  readonly seeds: number
  readonly annotator: AnnotatorConfig
  /** α of the fit: a Gaussian prior of variance 1/(2α) on each parameter. */
  readonly alpha: number
  /** Order accuracy to reach, in (½, 1). */
  readonly targetQuality: number
  readonly seed: number
}

const perAnnotator = z.union([z.number(), z.array(z.number())]).optional()
const count = z.int().min(1)
const distinct = <T>(values: readonly T[]) => new Set(values).size === values.length

const annotatorSchema = z.strictObject({
  annotator: z.enum(annotatorNames),
  beta: z.undefined({ error: 'the error rates decide β: expected no --beta' }).optional(),
  quality: z.string().optional(),
  parameters: z.record(z.string(), z.number()).optional(),
  ties: perAnnotator,
  positionBias: perAnnotator,
  lengthBias: perAnnotator,
  selfPreference: perAnnotator,
  personalBias: z.number().optional(),
  cycles: perAnnotator,
  ability: perAnnotator,
  fatigue: perAnnotator,
  flip: perAnnotator,
  worstCase: z.number().optional(),
})

const schema = z.strictObject({
  files: z.array(z.string()),
  columns: z.record(z.string(), z.string()),
  population: z.strictObject({
    responses: z.int().min(2),
    utilities: z.enum(utilityNames),
    between: z.number().min(0),
    features: z.int().min(0),
  }),
  prompts: count.optional(),
  designs: z.array(z.enum(designNames)).min(1).refine(distinct, 'expected each design once'),
  errorRates: z.array(z.number().gt(0).lt(0.5)).min(1).refine(distinct, 'expected each error rate once'),
  labels: z.array(z.int().min(2)).min(1).refine(distinct, 'expected each number of labels once'),
  seeds: count,
  annotator: annotatorSchema,
  alpha: z.number().gt(0),
  targetQuality: z.number().gt(0.5).lt(1),
  seed: z.int(),
})

/** Options by the path of what they set, for messages. */
const optionNames: Readonly<Record<string, string>> = {
  population: '',
  annotator: '',
  errorRates: 'error-rates',
  targetQuality: 'target-quality',
  positionBias: 'position-bias',
  lengthBias: 'length-bias',
  selfPreference: 'self-preference',
  personalBias: 'personal-bias',
  worstCase: 'worst-case',
}

const optionOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => optionNames[String(part)] ?? String(part))
    .filter((part) => part !== '')
    .join('.')

/**
 * Checks a configuration from outside, such as one read from a file.
 * @param source where it comes from, for messages.
 * @throws PrefkitError `INVALID_CONFIG` naming source, option and value.
 */
export function parsePlanConfig(value: unknown, source: string): PlanConfig {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    const given = path.reduce<unknown>(
      (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
      value,
    )
    const got = given === undefined ? '' : `, got ${JSON.stringify(given)}`
    throw new PrefkitError('INVALID_CONFIG', `${source}: ${optionOf(path)}: ${message}${got}`)
  }
  const labels = parsed.data.labels.toSorted((a, b) => a - b)
  return { ...(parsed.data as unknown as PlanConfig), labels }
}

/** SHA-256 of each file's bytes, by path: whether the table of a resumed plan is the one it began with. */
export async function fingerprintFiles(files: readonly string[]): Promise<Record<string, string>> {
  const digests = await Promise.all(files.map(async (file) => [file, await digestOf(file)] as const))
  return Object.fromEntries(digests)
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const piece of createReadStream(file)) hash.update(piece)
  } catch (cause) {
    throw new PrefkitError('DATA_MISSING', `${file}: could not be read: ${(cause as Error).message}`, {
      cause,
    })
  }
  return hash.digest('hex')
}
