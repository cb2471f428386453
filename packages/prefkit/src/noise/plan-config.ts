import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'
import { type AnnotatorConfig, checkCrowd } from './annotator-model'
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
  /** Annotation error rates on random pairs of one prompt, of annotators who are not tired yet, each in (0, ½). */
  readonly errorRates: readonly number[]
  /** Numbers of labels, ascending. */
  readonly budgets: readonly number[]
  /** Simulations of each design and error rate. */
  readonly repeats: number
  readonly annotator: AnnotatorConfig
  /** How many annotators there are; each pair is labelled by one of them. */
  readonly annotators: number
  /** α of the fit: a Gaussian prior of variance 1/(2α) on each parameter. */
  readonly alpha: number
  /** Order accuracy to reach, in (½, 1). */
  readonly targetAccuracy: number
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
  budgets: z.array(z.int().min(2)).min(1).refine(distinct, 'expected each number of labels once'),
  repeats: count,
  annotator: annotatorSchema,
  annotators: count,
  alpha: z.number().gt(0),
  targetAccuracy: z.number().gt(0.5).lt(1),
  seed: z.int(),
})

/** What options are grouped by, which no option is named after. */
const groups: ReadonlySet<PropertyKey> = new Set(['population', 'annotator'])

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** The option that sets what a path leads to, for messages: `--error-rates, number 2`. */
function optionOf(path: readonly PropertyKey[]): string {
  const [option, ...rest] = path.length > 1 && groups.has(path[0]!) ? path.slice(1) : path
  const within = rest.map((part) => (typeof part === 'number' ? `, number ${part + 1}` : ` ${String(part)}`))
  return `--${option === 'annotator' ? 'annotator-model' : kebab(String(option))}${within.join('')}: `
}

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
    const option = path.length === 0 ? '' : optionOf(path)
    throw new PrefkitError('INVALID_CONFIG', `${source}: ${option}${message}${got}`)
  }
  const config = parsed.data as unknown as PlanConfig
  checkCrowd(config.annotator, { annotators: config.annotators, votes: 1 })
  return { ...config, budgets: config.budgets.toSorted((a, b) => a - b) }
}
