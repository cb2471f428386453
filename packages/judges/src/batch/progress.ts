import { type CallCounts, costOf, noUsage, type Prices, sumUsages, type Usage, unpricedOf } from '../usage'

/** Where a run stands. */
export interface BatchProgress {
  /** Items with a result, those of the journal included. */
  readonly done: number
  /** Items that failed, those of the journal included. */
  readonly failed: number
  /** Items that the journal had. */
  readonly resumed: number
  /** Items of this session that a cache answered without any call. */
  readonly cached: number
  /** Items being judged now. */
  readonly inFlight: number
  /** The most items that are judged at once. */
  readonly concurrency: number
  /** Lines that the journal lost to a kill: 0 or 1. */
  readonly tornLines: number
  /** Items in all; absent where nobody knows. */
  readonly total?: number
  /** Items of this session settled in a second, over the last 200 of them; 0 before the second. */
  readonly rate: number
  /** Seconds to the end at this rate; absent where total or rate is not known. */
  readonly eta?: number
  /** What the run used so far, earlier sessions of the journal included; failed items say nothing of theirs. */
  readonly usage: Usage
}

/** Counts what becomes of items. */
export interface ProgressCounter {
  readonly settled: (outcome: 'done' | 'failed', usage: Usage | undefined) => void
  readonly resumed: (outcome: 'done' | 'failed') => void
  /** Adds what an earlier session used. */
  readonly spent: (usage: Usage | undefined) => void
  readonly usage: () => Usage
  /** Calls of items that were told no number of tokens. */
  readonly uncountedCalls: () => number
  /** @param tornLines lines that the journal lost. */
  readonly report: (inFlight: number, tornLines: number) => BatchProgress
}

const remembered = 200

/** @param now milliseconds of a clock that never goes back. */
export function countProgress(
  fixed: { readonly concurrency: number; readonly total?: number | undefined },
  prices: Prices | undefined,
  now: () => number = () => performance.now(),
): ProgressCounter {
  const counts = { done: 0, failed: 0, resumed: 0, cached: 0 }
  let usage = noUsage
  const times: number[] = []
  let uncounted = 0
  const spent = (each: Usage | undefined) => {
    if (!each) return
    usage = sumUsages([usage, withCost(each, prices)])
    if (tokensOf(each) === 0) uncounted += each.calls
  }
  const rate = () => {
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000
    return seconds > 0 ? (times.length - 1) / seconds : 0
  }
  return {
    spent,
    usage: () => usage,
    uncountedCalls: () => uncounted,
    settled: (outcome, used) => {
      counts[outcome] += 1
      if (used && used.calls === 0 && used.cachedCalls > 0) counts.cached += 1
      spent(used)
      times.push(now())
      if (times.length > remembered) times.shift()
    },
    resumed: (outcome) => {
      counts[outcome] += 1
      counts.resumed += 1
    },
    report: (inFlight, tornLines) => {
      const { total, ...known } = fixed
      const base = { ...counts, ...known, inFlight, tornLines, rate: rate(), usage }
      if (total === undefined) return base
      const left = total - counts.done - counts.failed
      return base.rate > 0 ? { ...base, total, eta: left / base.rate } : { ...base, total }
    },
  }
}

const tokensOf = ({ promptTokens, completionTokens }: CallCounts): number => promptTokens + completionTokens

/** With the prices of what has none; calls whose tokens nobody counted stay without, for they were not free. */
function withCost(usage: Usage, prices: Prices | undefined): Usage {
  const unpriced = unpricedOf(usage)
  if (!prices || (unpriced.calls > 0 && tokensOf(unpriced) === 0)) return usage
  const { unpriced: _, cost = 0, ...counts } = usage
  return { ...counts, cost: cost + costOf(unpriced, prices) }
}
