import {
  checkFunction,
  checkInteger,
  checkOptions,
  checkRange,
  choose,
  formatValue,
  type OptionNames,
} from '../check-options'
import { JudgeError } from '../judge-error'
import { checkPrices, type Prices } from '../usage'
import type { BatchProgress } from './progress'

/** Options of `runBatch`, `judgeAll` and `scoreAll`. */
export interface BatchOptions {
  /**
   * A file that keeps every result as it comes; a run that is started again with it asks for nothing that it has. Each
   * line is with the operating system before its result is given, and synced within about a second: a kill at any time
   * loses nothing but what was in flight, a crash of the machine at most the last second. One run has it at a time: others,
   * of whatever process, thread or copy of this package, are refused with `LOCKED`, and a lock that a killed one left is taken
   * over. That is sure on one machine; a lock of another host counts as held until it is deleted.
   */
  readonly journal?: string
  /** What else the results depend on, as plain JSON: a journal of other settings is refused. Default: `{}`. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** The most items that are judged at once, 1 or more; a model may let fewer requests through. Default: 16. */
  readonly concurrency?: number
  /**
   * Whether results come in the order of the items; otherwise as they are finished. Default: true, so that the same
   * items give the same output, line by line; memory stays bounded by `window`.
   */
  readonly ordered?: boolean
  /**
   * The most items that are taken and not given back as results: in flight, waiting for an earlier one, or for you. At
   * least `concurrency`. Default: 8 × concurrency.
   */
  readonly window?: number
  /**
   * `stop`: the first item that fails ends the run with `ITEM_FAILED`, after those in flight have finished; the journal
   * does not keep the failure. `collect`: failures are results with an `error`. Default: `stop`. Where a person ends the
   * questions, the run ends with `INTERRUPTED` either way, with the results that are there; what was not answered is not
   * kept, and asked for when the run is started again.
   */
  readonly onError?: 'stop' | 'collect'
  /**
   * Whether items that the journal has as failed are asked for again: all, none, or `outages`, those whose failure says nothing
   * of the item (see `ItemFailure`). Once each time the run is started. Default: true with `stop`, `outages` with `collect`.
   */
  readonly retryFailed?: boolean | 'outages'
  /** Is told of each item that is settled. What it throws ends the run. */
  readonly onProgress?: (progress: BatchProgress) => void
  /** How many items there are, for progress. Default: the length of `items`, where it has one. */
  readonly total?: number
  /** Prices for what has no cost of its own. */
  readonly prices?: Prices
  /**
   * Once the run has cost so much, no further item is begun: it ends with `BUDGET_SPENT` when those in flight have
   * finished, with their results. What the journal has counts too; failed items do not. Where calls were made whose cost
   * nobody knows, it ends with `INVALID_OPTION`: give `prices`. Default: no limit.
   */
  readonly maxCost?: number
  /**
   * As `maxCost`, in tokens of prompts and completions together; `INVALID_OPTION` where an item's calls were told no number of
   * them. Default: no limit.
   */
  readonly maxTokens?: number
  /** Ends the run with the signal's reason: items in flight are aborted and not kept. */
  readonly signal?: AbortSignal
}

const names: OptionNames<BatchOptions> = {
  journal: true,
  settings: true,
  concurrency: true,
  ordered: true,
  window: true,
  onError: true,
  retryFailed: true,
  onProgress: true,
  total: true,
  prices: true,
  maxCost: true,
  maxTokens: true,
  signal: true,
}

/** Options with their defaults. */
export type ResolvedOptions = Readonly<
  Required<Omit<BatchOptions, 'journal' | 'total' | 'prices' | 'signal'>> &
    Pick<BatchOptions, 'journal' | 'total' | 'prices' | 'signal'>
>

/** Throws JudgeError `INVALID_OPTION` or `OUT_OF_RANGE` for what makes no sense. */
export function resolveOptions(owner: string, options: BatchOptions): ResolvedOptions {
  checkOptions(owner, options, names)
  const { concurrency = 16, onError = 'stop' } = options
  checkInteger('concurrency', concurrency, 1)
  const { window = 8 * concurrency, prices, maxCost = Infinity, maxTokens = Infinity } = options
  checkInteger('window', window, concurrency)
  const isStopping = choose('onError', onError, { stop: true, collect: false })
  if (prices !== undefined) checkPrices(prices)
  const limits = { maxCost, maxTokens }
  for (const [name, value] of Object.entries(limits)) if (value !== Infinity) checkRange(name, value, 0)
  if (options.total !== undefined) checkInteger('total', options.total, 0)
  const { onProgress = () => {} } = options
  checkFunction('onProgress', onProgress, 'a function that is told of progress')
  checkJournal(options.journal)
  checkRetry(options.retryFailed)
  const { settings = {}, ordered = true, retryFailed = isStopping || 'outages' } = options
  const defaults = {
    settings,
    ordered,
    retryFailed,
    concurrency,
    onError,
    window,
    maxCost,
    maxTokens,
    onProgress,
  }
  return { ...options, ...defaults }
}

function checkJournal(journal: unknown): void {
  if (journal === undefined || (typeof journal === 'string' && journal !== '')) return
  throw new JudgeError(
    'INVALID_OPTION',
    'journal',
    `journal is ${formatValue(journal)}; expected the path of a file`,
  )
}

function checkRetry(retryFailed: unknown): void {
  if (retryFailed === undefined || typeof retryFailed === 'boolean' || retryFailed === 'outages') return
  const message = `retryFailed is ${formatValue(retryFailed)}; expected true, false or outages`
  throw new JudgeError('INVALID_OPTION', 'retryFailed', message)
}
