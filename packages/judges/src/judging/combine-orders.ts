import { checkItem, checkList } from '../check-arguments'
import { checkRange, formatValue } from '../check-options'
import type { ProbabilityBounds, Reading } from '../judge'
import { JudgeError } from '../judge-error'
import { mean } from '../mean'

/** Which response is shown first. */
export type First = 'a' | 'b'

/** What one reading says of a pair. */
export type OrderedReading = Pick<Reading, 'first' | 'winProbability' | 'bounds'>

/** What the readings of both orders say together. */
export interface CombinedOrders {
  /** P(a is better than b): the mean over orders; absent unless each order asked has an answer. */
  readonly winProbability?: number
  /** Absent where no reading has bounds. */
  readonly bounds?: ProbabilityBounds
  /** Mean P(a is better than b) of the readings of each order; an order without an answer is left out. */
  readonly byOrder: { readonly a?: number; readonly b?: number }
  /** Whether both orders have the same verdict, a tie being one; absent unless both have an answer. */
  readonly consistent?: boolean
}

/**
 * How far from ½ rounding may carry a probability that is ½: ½[p + (1 − p)] need not be ½ to the last bit once p is a
 * mean of votes, and exchanging the responses must never turn a tie into a verdict.
 */
const ROUNDING = 1e-12

/** A sum of shares may leave [0, 1] by rounding, and no further. */
function checkProbability(parameter: string, value: number): void {
  if (value >= -ROUNDING && value <= 1 + ROUNDING) return
  const code = Number.isFinite(value) ? 'OUT_OF_RANGE' : 'NOT_FINITE'
  throw new JudgeError(
    code,
    parameter,
    `${parameter} is ${formatValue(value)}; expected a number from 0 to 1`,
  )
}

/**
 * `a` above ½ + margin, `b` below ½ − margin, a tie between, and where rounding alone keeps the probability from it: the
 * verdict of every judge here.
 * @param winProbability P(a is better), in [0, 1]
 * @param tieMargin in [0, 0.5]
 * @throws JudgeError `NOT_FINITE`, `OUT_OF_RANGE`.
 */
export function verdictOf(winProbability: number, tieMargin = 0): 'a' | 'b' | 'tie' {
  checkProbability('winProbability', winProbability)
  checkRange('tieMargin', tieMargin, 0, 0.5)
  const lead = winProbability - 0.5
  if (Math.abs(lead) <= tieMargin + ROUNDING) return 'tie'
  return lead > 0 ? 'a' : 'b'
}

function checkReading({ winProbability, bounds }: OrderedReading, index: number): void {
  const parameter = `readings[${index}]`
  if (winProbability !== undefined) checkProbability(`${parameter}.winProbability`, winProbability)
  if (bounds === undefined) return
  checkProbability(`${parameter}.bounds.low`, bounds.low)
  checkProbability(`${parameter}.bounds.high`, bounds.high)
}

/** P(a is better) from P(the response shown first is better). */
export const asWinOfA = (first: First, firstWins: number): number =>
  first === 'a' ? firstWins : 1 - firstWins

/** Bounds of P(a is better) from bounds of P(the response shown first is better). */
export const boundsOfA = (first: First, { low, high }: ProbabilityBounds): ProbabilityBounds =>
  first === 'a' ? { low, high } : { low: 1 - high, high: 1 - low }

type Answered = OrderedReading & { readonly winProbability: number }

const isAnswered = (reading: OrderedReading): reading is Answered => reading.winProbability !== undefined

/** Readings by order; those that show no order, such as a function's, are one order of their own. */
function groupByOrder(readings: readonly OrderedReading[]): Map<First | undefined, Answered[]> {
  const orders = new Map<First | undefined, Answered[]>()
  for (const reading of readings) {
    const answers = orders.get(reading.first) ?? []
    if (isAnswered(reading)) answers.push(reading)
    orders.set(reading.first, answers)
  }
  return orders
}

function meanBounds(orders: readonly Answered[][]): ProbabilityBounds | undefined {
  if (!orders.flat().some(({ bounds }) => bounds)) return undefined
  const over = (side: 'low' | 'high') =>
    mean(orders.map((answers) => mean(answers.map((x) => x.bounds?.[side] ?? x.winProbability))))
  return { low: over('low'), high: over('high') }
}

/**
 * P(a is better than b) from readings in both orders: ½ [P(a better | a first) + P(a better | b first)], each the mean
 * of its readings, so that a preference for a place cancels however many readings each order has. Where an order that
 * was asked has no answer there is no win probability: the other alone would have the preference for a place in it.
 * Orders are consistent where their verdicts are the same by `tieMargin`: a tie in one and a win in the other are not, as
 * MT-Bench counts them (2306.05685).
 *
 * 2504.04950: r(y | y*, q) = ½ [p(yes | q, y, y*) + p(no | q, y*, y)].
 *
 * @param tieMargin win probabilities this close to ½ are ties, in [0, 0.5]
 * @throws JudgeError `INVALID_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE`.
 */
export function combineOrders(readings: readonly OrderedReading[], tieMargin = 0): CombinedOrders {
  checkList('readings', readings)
  readings.forEach((reading, index) => {
    checkItem(`readings[${index}]`, reading, [])
    checkReading(reading, index)
  })
  checkRange('tieMargin', tieMargin, 0, 0.5)
  const orders = groupByOrder(readings)
  const meanOf = (order: First | undefined) => {
    const answers = orders.get(order) ?? []
    return answers.length === 0 ? undefined : mean(answers.map((answer) => answer.winProbability))
  }
  const [a, b] = [meanOf('a'), meanOf('b')]
  const byOrder = { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) }
  const [verdictA, verdictB] = [a, b].map((p) => (p === undefined ? p : verdictOf(p, tieMargin)))
  const consistent = verdictA && verdictB ? verdictA === verdictB : undefined
  const means = [...orders.keys()].map(meanOf)
  const complete = means.length > 0 && means.every((value) => value !== undefined)
  const bounds = complete ? meanBounds([...orders.values()]) : undefined
  return {
    ...(complete ? { winProbability: mean(means) } : {}),
    ...(bounds ? { bounds } : {}),
    byOrder,
    ...(consistent === undefined ? {} : { consistent }),
  }
}
