import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { responseText, type TextOrChat } from '@prefkit/datasets'
import {
  featurize,
  type PromptedResponse,
  questionOf,
  type RewardModel,
  type ScoreOptions,
  scoreFeatures,
} from '@prefkit/reward-models'
import type { Embedder } from '@prefkit/reward-models/embedders'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'
import { requireFeatures } from './evaluate-reward'
import type { WorkOptions } from './progress'

/** A row with the reward of its response, or of each of its responses. */
export type ScoredRow = Readonly<Record<string, unknown>> &
  (
    | { readonly reward: number }
    | { readonly rewards: readonly number[] }
    | { readonly chosen_reward: number; readonly rejected_reward: number }
  )

const text = z.union([z.string(), z.array(z.looseObject({ role: z.string(), content: z.string() }))])

/** The layouts of a row: what it holds, which responses are scored, and what is added to it. */
const layouts = [
  {
    schema: z.looseObject({ prompt: text.default(''), response: text }),
    responses: (row: Row) => [row.response as TextOrChat],
    rewards: ([reward]: readonly number[]) => ({ reward }),
  },
  {
    schema: z.looseObject({ prompt: text.default(''), responses: z.array(text) }),
    responses: (row: Row) => row.responses as TextOrChat[],
    rewards: (rewards: readonly number[]) => ({ rewards }),
  },
  {
    schema: z.looseObject({ prompt: text.default(''), chosen: text, rejected: text }),
    responses: (row: Row) => [row.chosen, row.rejected] as TextOrChat[],
    rewards: ([chosen_reward, rejected_reward]: readonly number[]) => ({ chosen_reward, rejected_reward }),
  },
] as const

type Row = Readonly<Record<string, unknown>>

interface ParsedRow {
  readonly row: Row
  readonly items: readonly PromptedResponse[]
  readonly add: (rewards: readonly number[]) => object
}

/** Rows scored in one go. */
const batchSize = 512

/**
 * Scores rows of JSON Lines as a stream: `{prompt, response}` gets `reward`, `{prompt, responses}` gets `rewards`,
 * `{prompt, chosen, rejected}` gets `chosen_reward` and `rejected_reward`. Other fields stay; a
 * text may be a list of chat messages.
 * @param source where the lines come from, for messages.
 * @throws PrefkitError `BAD_ROW` naming source, line and what was expected; what the embedder throws.
 */
export async function* scoreResponses(
  lines: AsyncIterable<string>,
  {
    model,
    embedder,
    source,
  }: { readonly model: RewardModel; readonly embedder: Embedder; readonly source: string },
  { onProgress, signal, ...scoring }: WorkOptions & ScoreOptions = {},
): AsyncGenerator<ScoredRow> {
  const { parts } = requireFeatures(model)
  let done = 0
  for await (const batch of batches(lines, source)) {
    signal?.throwIfAborted()
    const items = batch.flatMap((row) => row.items)
    const rewards =
      items.length > 0
        ? await scoreFeatures(model, await featurize(items, { embedder, parts }, { signal }), scoring)
        : []
    let at = 0
    for (const { row, items: own, add } of batch) {
      yield { ...row, ...add(Array.from(rewards.slice(at, at + own.length))) } as ScoredRow
      at += own.length
    }
    done += batch.length
    onProgress?.({ phase: 'score', done })
  }
}

async function* batches(lines: AsyncIterable<string>, source: string): AsyncGenerator<ParsedRow[]> {
  let batch: ParsedRow[] = []
  let line = 0
  for await (const content of lines) {
    line++
    if (content.trim() === '') continue
    batch.push(parseRow(content, `${source}:${line}`))
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function parseRow(content: string, place: string): ParsedRow {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (cause) {
    throw new PrefkitError('BAD_ROW', `${place}: is no JSON: ${(cause as Error).message}`, { cause })
  }
  for (const { schema, responses, rewards } of layouts) {
    const parsed = schema.safeParse(value)
    if (!parsed.success) continue
    const row: Row = parsed.data
    const prompt = questionOf({ prompt: row.prompt as TextOrChat })
    const items = responses(row).map((response) => ({ prompt, response: responseText(response) }))
    return { row: value as Row, items, add: rewards }
  }
  const expected =
    'expected text fields prompt and response, or prompt and a list responses, or prompt, chosen and rejected'
  throw new PrefkitError('BAD_ROW', `${place}: ${expected}; got ${describe(value)}`)
}

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? `the fields ${
        Object.entries(value)
          .map(([name, field]) => `${name} (${kindOf(field)})`)
          .join(', ') || 'of an empty object'
      }`
    : kindOf(value)

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value

/**
 * The lines of a file, plain or gzip, or of standard input for `-`.
 * @throws PrefkitError `DATA_MISSING` when the file cannot be read.
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  try {
    const raw: Readable = path === '-' ? process.stdin : createReadStream(path)
    const bytes = path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
    // Errors of the file do not travel through a pipe by themselves.
    raw.on('error', (error) => bytes.destroy(error))
    yield* createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (cause) {
    throw new PrefkitError('DATA_MISSING', `${path}: could not be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}
