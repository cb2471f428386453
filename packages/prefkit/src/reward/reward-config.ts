import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type DialectName, dialectNames, type LabelCoding, labelCodings } from '@prefkit/datasets'
import {
  type FeatureSpec,
  type RewardModelOptions,
  type RewardModelSettings,
  resolveOptions,
} from '@prefkit/reward-models'
import type { BackendChoice } from '@prefkit/tensor'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'

/** Where comparisons come from. */
export interface DataConfig {
  /** Files of comparisons to learn from. */
  readonly files: readonly string[]
  /** Files to test on; without any, a share of the prompts of `files` is kept for the test. */
  readonly testFiles: readonly string[]
  /** Share of prompts kept for the test when there are no `testFiles`, in [0, 1). */
  readonly testFraction: number
  /** Layout of the rows; detected when absent. */
  readonly dialect?: DialectName | undefined
  /** File with the texts of rows that name their responses by id. */
  readonly texts?: string | undefined
  /** What labels of 0, 1 and 2 mean, where it cannot be told from them. */
  readonly labels?: LabelCoding | undefined
  /** Leave bad rows out and count them. */
  readonly skipBad: boolean
  /** Learn from the share of votes where the data has it, not from the decision alone. */
  readonly softLabels: boolean
}

/** Everything that decides what a training comes to; the content of a run's `config.json`. */
export interface RewardConfig {
  readonly data: DataConfig
  /** How features are made of text. */
  readonly features: Pick<FeatureSpec, 'embedder' | 'parts'>
  readonly model: RewardModelOptions
  readonly backend: BackendChoice
}

const schema = z.strictObject({
  data: z.strictObject({
    files: z.array(z.string()).min(1),
    testFiles: z.array(z.string()),
    testFraction: z.number().min(0).lt(1),
    dialect: z.enum(dialectNames as [DialectName, ...DialectName[]]).optional(),
    texts: z.string().optional(),
    labels: z.enum(labelCodings as [LabelCoding, ...LabelCoding[]]).optional(),
    skipBad: z.boolean(),
    softLabels: z.boolean(),
  }),
  features: z.strictObject({ embedder: z.looseObject({ kind: z.string() }), parts: z.array(z.string()) }),
  model: z.record(z.string(), z.unknown()),
  backend: z.string(),
})

/**
 * Checks a configuration from outside, such as one read from a file.
 * @param source where it comes from, for messages.
 * @throws PrefkitError `INVALID_CONFIG` naming source and field; RewardModelError for the model's options.
 */
export function parseRewardConfig(value: unknown, source: string): RewardConfig {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new PrefkitError('INVALID_CONFIG', `${source}: ${path.join('.') || 'the content'}: ${message}`)
  }
  const model = resolveOptions(parsed.data.model as RewardModelSettings)
  // The schema leaves the embedder's options, and the names of parts and backends, to those that make them.
  return { ...(parsed.data as unknown as RewardConfig), model }
}

/** SHA-256 of each file's bytes, by path: whether the data of a resumed run are those it began with. */
export async function fingerprint({ files, testFiles, texts }: DataConfig): Promise<Record<string, string>> {
  const paths = [...files, ...testFiles, ...(texts === undefined ? [] : [texts])]
  const digests = await Promise.all(paths.map(async (path) => [path, await digestOf(path)] as const))
  return Object.fromEntries(digests)
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const piece of createReadStream(path)) hash.update(piece)
  } catch (cause) {
    throw new PrefkitError('DATA_MISSING', `${path}: could not be read: ${(cause as Error).message}`, {
      cause,
    })
  }
  return hash.digest('hex')
}
