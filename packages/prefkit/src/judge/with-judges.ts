import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  adaptiveLimit,
  type BatchOptions,
  type BatchProgress,
  diskCache,
  type Judged,
  JudgeError,
} from '@prefkit/judges'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import type { RunDirectory } from '../runs/run-directory'
import type { JudgeConfig } from './judge-config'
import type { JudgeSurroundings } from './judge-surroundings'

/** How judging is watched, stopped and told of. */
export interface JudgingOptions extends WorkOptions {
  /** Is told what judges do otherwise than asked for, what their servers can, and of faults of the cache. */
  readonly onNotice?: ((notice: string) => void) | undefined
  /** Folder of the embeddings of reward models. Default: `.prefkit/embeddings`. */
  readonly embeddings?: string | undefined
}

/** Where a run keeps judgements as they come. */
export const journalPath = (run: RunDirectory): string => join(run.path, 'journal.jsonl')

/** Whether a run has judgements to go on with. */
export const hasJournal = (run: RunDirectory): Promise<boolean> =>
  stat(journalPath(run)).then(
    () => true,
    () => false,
  )

/** Gives work what judges share, and closes what they opened once it is done. */
export async function withSurroundings<Result>(
  { server, cache }: JudgeConfig,
  { onNotice = () => {}, embeddings = '.prefkit/embeddings', signal }: JudgingOptions,
  use: (around: JudgeSurroundings) => Promise<Result>,
): Promise<Result> {
  const closers: (() => void | Promise<void>)[] = []
  const onFault = ({ file, kind, reason }: { file: string; kind: string; reason: string }): void =>
    onNotice(`kept answer ${file} is ${kind}: ${reason}`)
  try {
    return await use({
      limit: adaptiveLimit(server.concurrency),
      embeddings,
      onNotice,
      onClose: (close) => closers.push(close),
      ...(cache !== undefined && { cache: diskCache(cache, { onFault }) }),
      ...(signal && { signal }),
    })
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}

const cost = ({ usage }: BatchProgress): string =>
  usage.cost === undefined || usage.cost === 0 ? '' : `, ${usage.cost.toFixed(4)} spent`

const tell = (progress: BatchProgress, { onProgress }: WorkOptions): void => {
  const { done, failed, total, usage } = progress
  const tokens = usage.promptTokens + usage.completionTokens
  const note = [
    `${tokens.toLocaleString('en')} tokens${cost(progress)}`,
    ...(usage.cachedCalls > 0 ? [`${usage.cachedCalls} answers kept`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(', ')
  onProgress?.({ phase: 'judge', done: done + failed, note, ...(total !== undefined && { total }) })
}

/** How a batch of a run is judged: with a journal, so that it can be killed at any time. */
export function batchOptions(
  run: RunDirectory,
  { judges, server, maxCost }: JudgeConfig,
  keepGoing: boolean,
  work: JudgingOptions,
): BatchOptions {
  const { signal } = work
  return {
    journal: journalPath(run),
    // A person answers one question at a time.
    concurrency: judges.includes('human') ? 1 : server.concurrency,
    onError: keepGoing ? 'collect' : 'stop',
    retryFailed: true,
    onProgress: (progress) => tell(progress, work),
    ...(maxCost !== undefined && { maxCost }),
    ...(signal && { signal }),
  }
}

const resumable = new Set(['INTERRUPTED', 'BUDGET_SPENT', 'ITEM_FAILED', 'ABORTED'])

/**
 * The outcomes of a batch, in the order of its items. What stopped it, and can be gone on from, says how.
 * @param resume the command that goes on.
 */
export async function collect<Judgement>(
  outcomes: AsyncIterable<Judged<Judgement>>,
  resume: string,
  { signal }: WorkOptions,
): Promise<Judged<Judgement>[]> {
  const judged: Judged<Judgement>[] = []
  try {
    for await (const outcome of outcomes) judged.push(outcome)
    return judged
  } catch (cause) {
    if (signal?.aborted || (JudgeError.isInstance(cause) && cause.code === 'INTERRUPTED')) {
      throw new PrefkitError('INTERRUPTED', `stopped; go on with: ${resume}`, { cause })
    }
    if (!JudgeError.isInstance(cause) || !resumable.has(cause.code)) throw cause
    throw new JudgeError(cause.code, cause.parameter, `${cause.message}; go on with: ${resume}`, { cause })
  }
}
