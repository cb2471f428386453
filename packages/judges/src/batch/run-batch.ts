import type { CallOptions } from '../chat-model'
import type { Usage } from '../usage'
import { type BatchOptions, type ResolvedOptions, resolveOptions } from './batch-options'
import { checkBudget, checkId, checkUnchanged, contentHash, failureOf, itemFailed } from './check-item'
import { type ItemSource, sourceOf } from './item-source'
import { type ItemFailure, type JournalEntry, openJournal } from './journal'
import { createOutcomeQueue, type OutcomeQueue } from './outcome-queue'
import { countProgress } from './progress'
import { createPulse } from './pulse'
import { endNow, endSoon, isOver, type RunControl, reportProgress } from './run-control'

/** An item of a batch; the other fields are its content. */
export interface BatchItem {
  /** Tells it from the other items of the batch, in this session and later ones; not empty. */
  readonly id: string
}

/** What is done with each item of a batch. */
export interface BatchTask<Item extends BatchItem, Result> {
  /** What is done, such as `compare`. */
  readonly task: string
  /** Who does it, for messages. */
  readonly name: string
  /** What tells its results from those of others: plain JSON, and no secrets. A journal of another is refused. */
  readonly identity: Readonly<Record<string, unknown>>
  /** The result of one item, as plain JSON. */
  readonly run: (item: Item, options: CallOptions) => Promise<Result>
  /** What a result used. Default: nothing is counted. */
  readonly usageOf?: (result: Result) => Usage
}

/** What became of an item. */
export type BatchOutcome<Result> =
  | { readonly id: string; readonly result: Result; readonly error?: never }
  | { readonly id: string; readonly error: ItemFailure; readonly result?: never }

/** What the parts of a run share. */
interface Run<Item extends BatchItem, Result> extends RunControl {
  readonly task: BatchTask<Item, Result>
  readonly source: ItemSource<Item>
  readonly queue: OutcomeQueue<BatchOutcome<Result>>
  readonly ids: Set<string>
}

/**
 * Does a task for each item, some at once, and gives the results. Items are taken as they are needed, so that a stream
 * of any length fits: what stays in memory is the window, and the ids (about 100 bytes each), by which an item that
 * comes twice is noticed. To leave the loop stops the run as a signal does.
 *
 * A result is given once, after the journal has it. With `journal`, results are what the journal holds of them: plain
 * JSON, where fields that were undefined are absent. Where a run ends early, the results that are there are given first.
 *
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE` at once; while it runs `DUPLICATE_ID`, `ITEM_CHANGED`,
 * `INVALID_INPUT` (a result that is no JSON), `ITEM_FAILED`, `BUDGET_SPENT`, `LOCKED`, `JOURNAL_MISMATCH`,
 * `JOURNAL_DAMAGED`, `WRITE_FAILED`; and what the items' own iterator throws, or the signal's reason.
 */
export function runBatch<Item extends BatchItem, Result>(
  task: BatchTask<Item, Result>,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: BatchOptions = {},
): AsyncGenerator<BatchOutcome<Result>, void, undefined> {
  const resolved = resolveOptions('runBatch', options)
  const total = resolved.total ?? (Array.isArray(items) ? items.length : undefined)
  return giveOutcomes(task, items, { ...resolved, ...(total === undefined ? {} : { total }) })
}

async function* giveOutcomes<Item extends BatchItem, Result>(
  task: BatchTask<Item, Result>,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: ResolvedOptions,
): AsyncGenerator<BatchOutcome<Result>, void, undefined> {
  options.signal?.throwIfAborted()
  const run = await begin(task, items, options)
  const leave = () => endNow(run, options.signal?.reason)
  options.signal?.addEventListener('abort', leave, { once: true })
  // It may have come while the journal was read.
  if (options.signal?.aborted) leave()
  try {
    feed(run)
    for (;;) {
      const outcome = run.queue.take()
      if (outcome) {
        run.pulse.notify()
        yield outcome
      } else if (isOver(run)) break
      else await run.pulse.changed()
    }
    yield* run.queue.rest()
  } finally {
    options.signal?.removeEventListener('abort', leave)
    endNow(run, undefined)
    while (!isOver(run)) await run.pulse.changed()
    await run.journal?.close()
  }
  if (run.end?.error !== undefined) throw run.end.error
}

async function begin<Item extends BatchItem, Result>(
  task: BatchTask<Item, Result>,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: ResolvedOptions,
): Promise<Run<Item, Result>> {
  const { concurrency, total, settings, prices } = options
  const progress = countProgress({ concurrency, total }, prices)
  const owner = { task: task.task, name: task.name, identity: task.identity, settings }
  const count = ({ result }: JournalEntry) => {
    if (result !== undefined) progress.spent(task.usageOf?.(result as Result))
  }
  const journal = options.journal === undefined ? undefined : await openJournal(options.journal, owner, count)
  return {
    task,
    options,
    journal,
    source: sourceOf(items),
    queue: createOutcomeQueue(options.ordered),
    progress,
    pulse: createPulse(),
    abort: new AbortController(),
    ids: new Set(),
    inFlight: 0,
    isFed: false,
  }
}

/** Takes items while there is room for them. */
async function feed<Item extends BatchItem, Result>(run: Run<Item, Result>): Promise<void> {
  const { concurrency, window } = run.options
  try {
    while (!run.end) {
      if (run.inFlight >= concurrency || run.queue.held() >= window) await run.pulse.changed()
      else {
        const item = await run.source.next()
        if (item === undefined || run.end) break
        await admit(run, item)
      }
    }
  } catch (error) {
    endSoon(run, error)
  }
  run.isFed = true
  run.pulse.notify()
}

/** Gives the item's result from the journal, or begins to work on it. */
async function admit<Item extends BatchItem, Result>(run: Run<Item, Result>, item: Item): Promise<void> {
  const { options, progress } = run
  checkId(run.ids, item)
  const hash = run.journal ? contentHash(item) : ''
  const recorded = await run.journal?.find(item.id)
  if (recorded) checkUnchanged(recorded, hash)
  if (recorded && !(recorded.failure && options.retryFailed)) {
    progress.resumed(recorded.failure ? 'failed' : 'done')
    run.queue.reserve()(outcomeOf(recorded))
    reportProgress(run)
    if (recorded.failure && options.onError === 'stop') throw itemFailed(item.id, recorded.failure, undefined)
    return run.pulse.notify()
  }
  checkBudget(run)
  if (!run.end) settle(run, item, hash)
}

/** Works on an item, keeps what comes of it and puts it into the queue. Never rejects. */
async function settle<Item extends BatchItem, Result>(
  run: Run<Item, Result>,
  item: Item,
  hash: string,
): Promise<void> {
  const put = run.queue.reserve()
  run.inFlight += 1
  let outcome: BatchOutcome<Result> | undefined
  try {
    outcome = await attempt(run, item, hash)
  } catch (error) {
    endNow(run, error)
  }
  run.inFlight -= 1
  put(outcome)
  if (outcome) report(run, outcome)
  run.pulse.notify()
}

/** The outcome of one item, kept; nothing where the run was stopped. Throws what must end the run at once. */
async function attempt<Item extends BatchItem, Result>(
  run: Run<Item, Result>,
  item: Item,
  hash: string,
): Promise<BatchOutcome<Result> | undefined> {
  const { id } = item
  let result: Result
  try {
    result = await run.task.run(item, { signal: run.abort.signal })
  } catch (error) {
    if (run.abort.signal.aborted) return undefined
    const failure = failureOf(error)
    if (run.options.onError === 'collect') return keep(run, { id, item: hash, failure })
    endSoon(run, itemFailed(id, failure, error))
    return undefined
  }
  return keep(run, { id, item: hash, result })
}

async function keep<Result>({ journal }: RunControl, entry: JournalEntry): Promise<BatchOutcome<Result>> {
  return outcomeOf(journal ? await journal.append(entry) : entry)
}

const outcomeOf = <Result>({ id, result, failure }: JournalEntry): BatchOutcome<Result> =>
  failure ? { id, error: failure } : { id, result: result as Result }

function report<Item extends BatchItem, Result>(run: Run<Item, Result>, outcome: BatchOutcome<Result>): void {
  const { task, progress } = run
  try {
    if (outcome.error) progress.settled('failed', undefined)
    else progress.settled('done', task.usageOf?.(outcome.result))
    reportProgress(run)
  } catch (error) {
    endNow(run, error)
  }
}
