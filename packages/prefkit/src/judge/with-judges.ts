import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  adaptiveLimit,
  type BatchItem,
  type BatchOptions,
  type BatchProgress,
  diskCache,
  type Judged,
  JudgeError,
  readJournal,
  type SavedBatch,
} from '@prefkit/judges'
import { PrefkitError } from '../prefkit-error'
import { embeddingsFolder } from '../reward/embeddings-folder'
import type { WorkOptions } from '../reward/progress'
import type { RunDirectory } from '../runs/run-directory'
import type { HowToRun } from './how-to-run'
import type { JudgeConfig } from './judge-config'
import type { JudgeSurroundings } from './judge-surroundings'

/** How judging is watched, stopped and told of. */
export interface JudgingOptions extends WorkOptions {
  /** Is told what judges do otherwise than asked for, what their servers can, and of faults of the cache. */
  readonly onNotice?: ((notice: string) => void) | undefined
  /** Folder of the embeddings of reward models. Default: `.prefkit/embeddings`. */
  readonly embeddings?: string | undefined
  /** How a run is gone on with, where it is not as it was begun. */
  readonly how?: HowToRun | undefined
}

/** Where a run keeps judgements as they come. */
export const journalPath = (run: RunDirectory): string => join(run.path, 'journal.jsonl')

/** Enough to see that a journal goes on after its header, which is shorter. */
const firstBytes = 1 << 16

/** Whether a run has judgements to go on with: a header alone is none. */
export async function hasJournal(run: RunDirectory): Promise<boolean> {
  try {
    const handle = await open(journalPath(run))
    const { bytesRead, buffer } = await handle
      .read(Buffer.alloc(firstBytes), 0, firstBytes, 0)
      .finally(() => handle.close())
    const headerEnd = buffer.subarray(0, bytesRead).indexOf(10)
    return headerEnd < 0 ? bytesRead === firstBytes : bytesRead > headerEnd + 1
  } catch {
    return false
  }
}

/** Removes the journal of a run that came to nothing: the next one there may be of another judge. */
export const discardJournal = (run: RunDirectory): Promise<void> => rm(journalPath(run), { force: true })

/**
 * What a journal holds of a run that has nothing left to ask: it is told again without the judge and its server. Items that
 * failed, and may not the next time, are left.
 * @returns undefined where something is left, or nothing is there.
 * @throws JudgeError `JOURNAL_DAMAGED`, `ITEM_CHANGED`.
 */
export async function readFinished<Result>(
  run: RunDirectory,
  count: number,
  items: Iterable<BatchItem>,
  keepGoing: boolean,
): Promise<SavedBatch<Result> | undefined> {
  if (!(await hasJournal(run))) return undefined
  const saved = await readJournal<Result>(journalPath(run))
  if (saved.size < count) return undefined
  let settled = 0
  for await (const { error } of saved.outcomes(items))
    if (error === undefined || (keepGoing && error.outage !== true)) settled++
  return settled === count ? saved : undefined
}

/** Gives work what judges share, and closes what they opened once it is done. */
export async function withSurroundings<Result>(
  { server, cache }: JudgeConfig,
  { onNotice = () => {}, embeddings = embeddingsFolder, signal }: JudgingOptions,
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
    onProgress: (progress) => tell(progress, work),
    ...(maxCost !== undefined && { maxCost }),
    ...(signal && { signal }),
  }
}

/** What has to be given besides to go on from where a run stopped. */
const besides: Readonly<Record<string, string>> = {
  BUDGET_SPENT: ' --max-cost <more>',
  ITEM_FAILED: ', and with --keep-going to leave out what cannot be judged',
  ABORTED: '',
}

/** What stopped a batch, and where it can be gone on from how. */
function howToGoOn(cause: unknown, resume: string, { signal }: WorkOptions): unknown {
  if (signal?.aborted || (JudgeError.isInstance(cause) && cause.code === 'INTERRUPTED')) {
    return new PrefkitError('INTERRUPTED', `stopped; go on with: ${resume}`, { cause })
  }
  const more = JudgeError.isInstance(cause) ? besides[cause.code] : undefined
  if (!JudgeError.isInstance(cause) || more === undefined) return cause
  const message = `${cause.message}; go on with: ${resume}${more}`
  return new JudgeError(cause.code, cause.parameter, message, { cause })
}

/**
 * The outcomes of a batch, in the order of its items. What stopped it, and can be gone on from, says how.
 * @param resume the command that goes on.
 */
export async function collect<Judgement>(
  outcomes: AsyncIterable<Judged<Judgement>>,
  resume: string,
  work: WorkOptions,
): Promise<Judged<Judgement>[]> {
  const judged: Judged<Judgement>[] = []
  try {
    for await (const outcome of outcomes) judged.push(outcome)
    return judged
  } catch (cause) {
    throw howToGoOn(cause, resume, work)
  }
}

/** Runs a batch to its end and keeps nothing of it but its journal; otherwise as {@link collect}. */
export async function drain(
  outcomes: AsyncIterable<unknown>,
  resume: string,
  work: WorkOptions,
): Promise<void> {
  try {
    for await (const _ of outcomes);
  } catch (cause) {
    throw howToGoOn(cause, resume, work)
  }
}
