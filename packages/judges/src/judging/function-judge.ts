import type { PairItem } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkPair } from '../check-arguments'
import { checkFunction, checkOptions, formatValue, type OptionNames } from '../check-options'
import type { Judge, Reading } from '../judge'
import { JudgeError } from '../judge-error'
import { runTogether } from '../run-together'
import { noUsage } from '../usage'
import { checkName } from './check-name'
import { asWinOfA, type First } from './combine-orders'
import {
  type ConclusionOptions,
  checkConclusion,
  concludeReadings,
  conclusionNames,
} from './conclude-readings'
import { checkOrders, type Orders, ordersOf, showPair } from './show-pair'
import { winOfVerdict } from './win-of-verdict'

/** What a function says of a pair: which is better, or P(a is better) in [0, 1]; undefined where it cannot say. */
export type FunctionOpinion = 'a' | 'b' | 'tie' | number | undefined

/** A function that judges a pair, such as a check of the answers against a known one. */
export type JudgePair = (pair: PairItem, options?: CallOptions) => FunctionOpinion | Promise<FunctionOpinion>

/** Options of {@link functionJudge}. */
export interface FunctionJudgeOptions extends ConclusionOptions {
  /** Names the judge in reports, and tells it from judges of other functions. */
  readonly name: string
  /** What tells its judgements from those of other functions: plain JSON, and no secrets. Default: the name. */
  readonly identity?: Readonly<Record<string, unknown>>
  /**
   * In which orders the function is called. `given`, once, is enough for one that treats a and b alike. Default:
   * `both`, which makes any function treat them alike.
   */
  readonly orders?: Orders
  /** Seed of the order where `orders` is `random`; an integer of at least 0. Default: 0. */
  readonly seed?: number
}

const names: OptionNames<FunctionJudgeOptions> = {
  ...conclusionNames,
  name: true,
  identity: true,
  orders: true,
  seed: true,
}

function readOpinion(first: First, opinion: FunctionOpinion): Reading {
  const base = { first, provenance: 'scores' as const }
  if (opinion === undefined) return { ...base, reason: 'the function gave no opinion' }
  const win = Object.hasOwn(winOfVerdict, opinion) ? winOfVerdict[opinion as 'a'] : opinion
  if (typeof win === 'number' && win >= 0 && win <= 1)
    return { ...base, winProbability: asWinOfA(first, win) }
  const message = `the function gave ${formatValue(opinion)}; expected a, b, tie, a number from 0 to 1 or undefined`
  throw new JudgeError('INVALID_INPUT', 'judge', message)
}

/**
 * A judge of a function, synchronous or not: a verifiable reward, a heuristic, another program.
 *
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`; `INVALID_INPUT` (from `compare`) where the function gives what
 *   is no opinion. `compare` rejects with what the function throws.
 */
export function functionJudge(judge: JudgePair, options: FunctionJudgeOptions): Judge {
  checkOptions('functionJudge', options, names)
  checkFunction('judge', judge, 'a function from a pair to an opinion')
  checkName('functionJudge', options.name)
  checkConclusion(options)
  const { name, orders = 'both', seed = 0 } = options
  const { identity = { name }, inconsistent = 'mean', tieMargin = 0 } = options
  checkOrders(orders, seed)
  return {
    name,
    identity: { judge: 'function', function: identity, orders, seed, inconsistent, tieMargin },
    async compare(pair, call) {
      checkPair(pair)
      const asking = ordersOf(pair, orders, seed).map(
        (first) => async (own: CallOptions) => readOpinion(first, await judge(showPair(pair, first), own)),
      )
      const readings = await runTogether(asking, call)
      return concludeReadings(readings, noUsage, { inconsistent, tieMargin })
    },
  }
}
