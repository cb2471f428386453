import { type Interval, wilsonInterval } from '@prefkit/evals'
import type { ItemResult } from './item-result'
import type { BenchmarkItem, ItemLabel } from './open-benchmark'

/** How many of some verdicts are so. */
export interface OrderShare {
  readonly count: number
  readonly total: number
  readonly value: number
  readonly interval: Interval
}

/** How the order in which responses are shown changes what a judge of pairs says. */
export interface OrderEffects {
  /** Right verdicts where the right response is shown first; verdicts that name none are left out. */
  readonly front?: OrderShare
  /** The same where it is shown second. */
  readonly back?: OrderShare
  /** `front` − `back`: 0 without bias, 1 for a judge that always names the first. */
  readonly gap?: number
  /** Pairs whose both orders name the same response, of those where both name one; absent where one order was asked. */
  readonly consistency?: OrderShare
}

/** A pair with what came of it, where the judge named a response. */
interface Decided {
  readonly item: BenchmarkItem
  readonly label: ItemLabel
  readonly verdict: 'a' | 'b'
  readonly consistent: boolean | undefined
}

const shareOf = (values: readonly boolean[]): OrderShare | undefined => {
  const total = values.length
  if (total === 0) return undefined
  const count = values.filter(Boolean).length
  return { count, total, value: count / total, interval: wilsonInterval(count, total) }
}

function decidedOf(
  items: readonly BenchmarkItem[],
  labels: readonly ItemLabel[],
  results: readonly ItemResult[],
): Decided[] {
  return items.flatMap((item, i): Decided[] => {
    const { outcome, consistent } = results[i]!
    const verdict = (outcome as { verdict?: string } | null)?.verdict
    return verdict === 'a' || verdict === 'b' ? [{ item, label: labels[i]!, verdict, consistent }] : []
  })
}

/** The two orders of one pair have the same texts, the one where the other has the other. */
const bothOrders = (decided: readonly Decided[]): [Decided, Decided][] => {
  const waiting = new Map<string, Decided>()
  const keyOf = (row: number, first: string, second: string) => JSON.stringify([row, first, second])
  return decided.flatMap((each): [Decided, Decided][] => {
    const {
      item: { a, b },
      label: { row },
    } = each
    const other = waiting.get(keyOf(row, b!, a!))
    if (other) return [[other, each]]
    waiting.set(keyOf(row, a!, b!), each)
    return []
  })
}

function consistencyOf(decided: readonly Decided[]): OrderShare | undefined {
  const asked = bothOrders(decided)
  if (asked.length > 0) return shareOf(asked.map(([one, other]) => one.verdict !== other.verdict))
  return shareOf(decided.flatMap(({ consistent }) => consistent ?? []))
}

const rightWhere = (decided: readonly Decided[], place: 'a' | 'b') =>
  shareOf(decided.filter(({ label }) => label.expected === place).map(({ verdict }) => verdict === place))

/** What the order of responses does to verdicts on pairs. */
export function orderEffects(
  items: readonly BenchmarkItem[],
  labels: readonly ItemLabel[],
  results: readonly ItemResult[],
): OrderEffects {
  const decided = decidedOf(items, labels, results)
  const [front, back] = [rightWhere(decided, 'a'), rightWhere(decided, 'b')]
  const consistency = consistencyOf(decided)
  return {
    ...(front && { front }),
    ...(back && { back }),
    ...(front && back && { gap: front.value - back.value }),
    ...(consistency && { consistency }),
  }
}
