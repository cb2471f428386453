import { strictJson } from '../canonical-json'
import type { CallOptions } from '../chat-model'
import { checkMethods } from '../check-arguments'
import type { Usage } from '../usage'
import { type BatchOptions, type ResolvedOptions, resolveOptions } from './batch-options'
import { checkBudget, checkId, checkUnchanged, contentHash } from './check-item'
import { type ItemFailure, interruptionIn, itemFailed, itemFailureOf } from './item-failure'
import { checkItems, type ItemSource, sourceOf } from './item-source'
import { openJournal } from './journal'
import type { JournalEntry } from './journal-file'
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
 * JSON, where fields that were undefined are absent; a result that JSON cannot hold is a failure of its item. Where a run ends
 * early, the results that are there are given first.
 *
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE` at once; while it runs `DUPLICATE_ID`, `ITEM_CHANGED`,
 * `INVALID_INPUT` (an id or an item), `ITEM_FAILED`, `INTERRUPTED`, `BUDGET_SPENT`, `LOCKED`, `JOURNAL_MISMATCH`,
 * `JOURNAL_DAMAGED`, `WRITE_FAILED`; and what the items' own iterator throws, or the signal's reason.
 */
export function runBatch<Item extends BatchItem, Result>(
  task: BatchTask<Item, Result>,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: BatchOptions = {},
): AsyncGenerator<BatchOutcome<Result>, void, undefined> {
  return runBatchOf('runBatch', task, items, options)
}

/** `runBatch` for a function of another name, which messages about options give. */
export function runBatchOf<Item extends BatchItem, Result>(
  owner: string,
  task: BatchTask<Item, Result>,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: BatchOptions,
): AsyncGenerator<BatchOutcome<Result>, void, undefined> {
  const resolved = resolveOptions(owner, options)
  checkMethods('task', task, ['run'], 'a task with a function run')
  checkItems(items)
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
  if (recorded && !isAskedAgain(recorded, options)) {
    progress.resumed(recorded.failure ? 'failed' : 'done')
    run.queue.reserve()(outcomeOf(recorded))
    reportProgress(run)
    if (recorded.failure && options.onError === 'stop') throw itemFailed(item.id, recorded.failure, undefined)
    return run.pulse.notify()
  }
  checkBudget(run)
  if (!run.end) settle(run, item, hash)
}

const isAskedAgain = ({ failure }: JournalEntry, { retryFailed }: ResolvedOptions): boolean =>
  failure !== undefined && (retryFailed === true || (retryFailed === 'outages' && failure.outage === true))

/** Works on an item, keeps what comes of it and puts it into the queue. Never rejects. */
async function settle<Item extends BatchItem, Result>(
  run: Run<Item, Result>,
  item: Item,
  hash: string,
): Promise<void> {
  const put = run.queue.reserve()
  run.inFlight += 1
  let settled: Settled | undefined
  try {
    settled = await attempt(run, item, hash)
    if (settled?.text !== undefined) await run.journal?.append(settled.text)
  } catch (error) {
    // The disk refused: what is not kept is not given either.
    settled = undefined
    endNow(run, error)
  }
  run.inFlight -= 1
  put(settled && outcomeOf(settled.entry))
  if (settled) report(run, settled)
  run.pulse.notify()
}

/** What came of an item. */
interface Settled {
  readonly entry: JournalEntry
  /** The entry as the journal will have it; absent where there is none. */
  readonly text?: string
  readonly usage?: Usage | undefined
}

/** What came of one item; nothing where the run was stopped, or ends with it. */
async function attempt<Item extends BatchItem, Result>(
  run: Run<Item, Result>,
  item: Item,
  hash: string,
): Promise<Settled | undefined> {
  const { id } = item
  let usage: Usage | undefined
  try {
    const result = await run.task.run(item, { signal: run.abort.signal })
    usage = run.task.usageOf?.(result)
    return { ...pack(run, { id, item: hash, result }), usage }
  } catch (error) {
    if (run.abort.signal.aborted) return undefined
    // A person who has had enough is no property of the item, and would be asked the next one at once.
    const interruption = interruptionIn(error)
    if (interruption) return endNow(run, interruption)
    const failure = itemFailureOf(error)
    if (run.options.onError === 'collect') return { ...pack(run, { id, item: hash, failure }), usage }
    return endSoon(run, itemFailed(id, failure, error))
  }
}

/** An entry as it will be read from the journal, where there is one. */
function pack({ journal }: RunControl, entry: JournalEntry): Settled {
  if (!journal) return { entry }
  const text = strictJson(`the result of item ${entry.id}`, entry)
  return { text, entry: JSON.parse(text) }
}

/** What an entry of a journal says. */
export const outcomeOf = <Result>({ id, result, failure }: JournalEntry): BatchOutcome<Result> =>
  failure ? { id, error: failure } : { id, result: result as Result }

function report(run: RunControl, { entry, usage }: Settled): void {
  try {
    run.progress.settled(entry.failure ? 'failed' : 'done', usage)
    reportProgress(run)
  } catch (error) {
    endNow(run, error)
  }
}
