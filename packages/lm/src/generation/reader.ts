import type { KeyValueCache } from '../running/key-value-cache'
import type { Runner, RunResult } from '../running/language-model'
import { type PassOptions, runInPasses } from '../running/run-in-passes'
import type { TokenRows } from '../running/token-rows'
import { greatest } from './candidates'
import { expOfNegative } from './exp-of-negative'

/** What may come next after some tokens: logits [N, vocabulary], and what makes log-probabilities of them. */
export type NextTokens = Pick<RunResult, 'logits' | 'logNormalizers'>

/** What reads rows of tokens, and remembers those that it has read. */
export interface Reader {
  /**
   * Reads further tokens of all rows.
   * @param at places in the batch whose next tokens are asked about: see `RunRequest`.
   */
  read(batch: TokenRows, at: readonly number[], options: PassOptions): Promise<NextTokens>
  /** A reader that remembers these rows, in this order; a row may be taken several times. */
  select(rows: readonly number[]): Reader
  /** Forgets all other rows. */
  keep(rows: readonly number[]): void
}

/** A reader of so many rows that has read nothing yet. */
export type OpenReader = (rows: number) => Reader

const over = (runner: Runner, cache: KeyValueCache): Reader => ({
  read: (batch, at, options) => runInPasses(runner, { batch, cache, at }, options),
  select: (rows) => over(runner, cache.select(rows)),
  keep: (rows) => cache.keep(rows),
})

/** Reads with one model. */
export const readerOf =
  (runner: Runner): OpenReader =>
  (rows) =>
    over(runner, runner.createCache(rows))

/** Rows of logits, each (1 − w)·own + w·other. */
function mixed(own: NextTokens, other: NextTokens, weight: number): NextTokens {
  const logits = own.logits.map((logit, i) => (1 - weight) * logit + weight * other.logits[i]!)
  const rows = own.logNormalizers.max.length
  const width = logits.length / rows
  const [max, spread] = [new Float32Array(rows), new Float32Array(rows)]
  for (let row = 0; row < rows; row++) {
    const each = logits.subarray(row * width, (row + 1) * width)
    const best = greatest(each)
    max[row] = best
    spread[row] = Math.log(each.reduce((sum, logit) => sum + expOfNegative(logit - best), 0))
  }
  return { logits, logNormalizers: { max, spread } }
}

const between = (own: Reader, other: Reader, weight: number): Reader => ({
  read: async (batch, at, options) =>
    mixed(await own.read(batch, at, options), await other.read(batch, at, options), weight),
  select: (rows) => between(own.select(rows), other.select(rows), weight),
  keep(rows) {
    own.keep(rows)
    other.keep(rows)
  },
})

/**
 * Reads with two models of one vocabulary, as their geometric mixture π^(1−w)·π′^w, up to what makes it sum to 1: two passes a
 * token.
 * @param weight w, between 0 and 1.
 */
export const mixtureOf =
  (own: OpenReader, other: OpenReader, weight: number): OpenReader =>
  (rows) =>
    between(own(rows), other(rows), weight)
