import { type DatasetError, type JsonLine, readJsonLines, responseText } from '@prefkit/datasets'
import {
  createScorer,
  featurize,
  type PromptedResponse,
  questionOf,
  type RewardModel,
  type ScoreOptions,
} from '@prefkit/reward-models'
import type { Embedder, EmbedOptions } from '@prefkit/reward-models/embedders'
import type { PrefkitError } from '../prefkit-error'
import { requireFeatures } from './evaluate-reward'
import { retryEvent, type WorkOptions } from './progress'
import { badResponses, parseResponses, type ResponseRow } from './response-rows'

/** A row with the reward of its response, or of each of its responses. */
export type ScoredRow = Readonly<Record<string, unknown>> &
  (
    | { readonly reward: number }
    | { readonly rewards: readonly number[] }
    | { readonly chosen_reward: number; readonly rejected_reward: number }
  )

interface ParsedRow {
  readonly row: Readonly<Record<string, unknown>>
  readonly items: readonly PromptedResponse[]
  readonly add: (rewards: readonly number[]) => object
}

/** Rows scored in one go. */
const batchSize = 512

/** How long a stream may pause, in milliseconds, before the rows that came so far are scored. */
const longestPause = 20

/** What scores, and how. */
export interface ScoreResponsesModel {
  readonly model: RewardModel
  /** The embedder that the model's features are made with. */
  readonly embedder: Embedder
}

/** How rows are scored, watched and stopped. */
export interface ScoreResponsesOptions extends WorkOptions, ScoreOptions {
  /**
   * Takes the error of each row that cannot be scored: a line that is no JSON, no UTF-8 or too long, or a row of
   * another layout; the row is left out. Default: the first is thrown.
   */
  readonly onBadRow?: ((error: DatasetError | PrefkitError) => void) | undefined
}

const raise = (error: Error): never => {
  throw error
}

/**
 * Scores rows of JSON Lines as a stream: `{prompt, response}` gets `reward`, `{prompt, responses}` gets `rewards`,
 * `{prompt, chosen, rejected}` gets `chosen_reward` and `rejected_reward`. Other fields stay; a
 * text may be a list of chat messages. Rows of a stream are scored as soon as it pauses, and rows before a fault before
 * it is thrown; the last bits of a reward may depend on which rows were scored together, which for a file is always
 * the same.
 * @param source path of a file, plain or gzip, or bytes such as those of standard input.
 * @throws PrefkitError `BAD_ROW` naming file, line and what was expected; DatasetError for a file that cannot be read
 *   or is no JSON, unless `onBadRow` takes the fault of the row; what the embedder throws.
 */
export async function* scoreResponses(
  source: string | AsyncIterable<Uint8Array>,
  { model, embedder }: ScoreResponsesModel,
  { onProgress, signal, onBadRow = raise, ...scoring }: ScoreResponsesOptions = {},
): AsyncGenerator<ScoredRow> {
  const { parts } = requireFeatures(model)
  const name = typeof source === 'string' ? source : 'standard input'
  const scorer = createScorer(model, scoring)
  const pause = typeof source === 'string' ? undefined : longestPause
  let done = 0
  const embedding: EmbedOptions = {
    ...(signal && { signal }),
    onRetry: (retry) => onProgress?.(retryEvent({ phase: 'score', done }, retry)),
  }
  const onBad = (error: DatasetError | PrefkitError): void => {
    // Where no row is good no batch comes to be stopped at.
    signal?.throwIfAborted()
    onBadRow(error)
  }
  const rows = parseRows(readJsonLines(source, { name, onBadLine: onBad }), name, onBad)
  try {
    for await (const batch of batches(rows, pause)) {
      signal?.throwIfAborted()
      const items = batch.flatMap((row) => row.items)
      const features = await featurize(items, { embedder, parts }, embedding)
      const rewards = items.length > 0 ? await scorer.score(features) : new Float32Array(0)
      let at = 0
      for (const { row, items: own, add } of batch) {
        yield { ...row, ...add(Array.from(rewards.subarray(at, at + own.length))) } as ScoredRow
        at += own.length
      }
      done += batch.length
      onProgress?.({ phase: 'score', done })
    }
    // Ctrl-C stops the whole pipe of a shell: what its source did not finish ends as if it were complete.
    signal?.throwIfAborted()
  } finally {
    await scorer.release()
  }
}

async function* parseRows(
  lines: AsyncIterable<JsonLine>,
  name: string,
  onBad: (error: PrefkitError) => void,
): AsyncGenerator<ParsedRow> {
  for await (const { line, value } of lines) {
    const row = parseResponses(value)
    if (row) yield itemsOf(row)
    else onBad(badResponses(value, `${name}:${line}`))
  }
}

/** Rows in lists of up to `batchSize`; a shorter one at the end, before a fault, and at a pause where one is given. */
async function* batches(
  rows: AsyncGenerator<ParsedRow>,
  pause: number | undefined,
): AsyncGenerator<ParsedRow[]> {
  let batch: ParsedRow[] = []
  try {
    for (;;) {
      if (batch.length === batchSize) {
        yield batch
        batch = []
      }
      const next = rows.next()
      if (batch.length > 0 && !(await comesWithin(next, pause))) {
        yield batch
        batch = []
      }
      const { done, value } = await next
      if (done) return
      batch.push(value)
    }
  } finally {
    // Not waited for: it ends after the row that was asked for last, and a stream may never bring that.
    rows.return(undefined).catch(() => {})
  }
}

/** Whether a row comes in so many milliseconds, or at all when no time is given: neither an end nor a fault is one. */
function comesWithin(next: Promise<IteratorResult<unknown>>, pause: number | undefined): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = pause === undefined ? undefined : setTimeout(resolve, pause, false)
  next
    .then(
      ({ done }) => resolve(!done),
      () => resolve(false),
    )
    .finally(() => clearTimeout(timer))
  return promise
}

function itemsOf({ row, prompt, responses, values }: ResponseRow): ParsedRow {
  const question = questionOf({ prompt })
  const items = responses.map((response) => ({ prompt: question, response: responseText(response) }))
  return { row, items, add: (rewards) => values('reward', rewards) }
}
