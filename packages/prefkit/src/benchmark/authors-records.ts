import type { BenchmarkName } from './benchmark-names'
import type { RecordedRow } from './kinds/item-kind'

/** What was said of a row's pair as it is, then swapped; null where there is no answer. */
export type RowVerdicts = readonly ('a' | 'b' | 'tie' | null)[]

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const number = (winner: unknown): 1 | 2 | undefined =>
  `${winner}` === '1' ? 1 : `${winner}` === '2' ? 2 : undefined

/** LLMBar names the winner by the output's number in either order; what is no number is no answer. */
function llmbarVerdicts(winner: unknown, swapped: unknown): RowVerdicts {
  const [first, second] = [number(winner), number(swapped)]
  return [
    first === undefined ? null : first === 1 ? 'a' : 'b',
    second === undefined ? null : second === 2 ? 'a' : 'b',
  ]
}

/** A row of LLMBar's `result.json`: `results`, of which each has both orders; or `winner` and `winner_swapped`. */
function ofLlmbar({ value, refuse }: RecordedRow): RowVerdicts | undefined {
  if (Object.hasOwn(value, 'winner')) return llmbarVerdicts(value.winner, value.winner_swapped)
  if (!Object.hasOwn(value, 'results')) return undefined
  const { results } = value
  const [only] = Array.isArray(results) && results.length === 1 ? results : []
  const orders = isFields(only) ? [only['swap = False'], only['swap = True']] : []
  if (orders.length !== 2 || !orders.every(isFields)) {
    return refuse('results', 'expected one result with "swap = False" and "swap = True"')
  }
  return llmbarVerdicts(orders[0]!.winner, orders[1]!.winner)
}

const decisions: Readonly<Record<string, 'a' | 'b' | 'tie'>> = {
  ...{ 'A>B': 'a', 'A>>B': 'a', 'B<A': 'a' },
  ...{ 'B>A': 'b', 'B>>A': 'b', 'A<B': 'b' },
  ...{ 'A=B': 'tie', 'B=A': 'tie' },
}

/** A decision, however it is spaced, in capitals or small letters, in Arena-Hard's brackets or without; null is no answer. */
function decisionOf(decision: unknown): RowVerdicts[number] | undefined {
  if (decision === null || decision === undefined || decision === '') return null
  const spelt = String(decision)
    .replace(/\s|^\s*\[\[|\]\]\s*$/g, '')
    .toUpperCase()
  return Object.hasOwn(decisions, spelt) ? decisions[spelt]! : undefined
}

/** A row of JudgeBench's outputs: `judgments` of the pair as it is and swapped, by what is shown as A; or `decisions`. */
function ofJudgebench({ value, refuse }: RecordedRow): RowVerdicts | undefined {
  const field = ['decisions', 'judgments'].find((name) => Object.hasOwn(value, name))
  if (field === undefined) return undefined
  const list = value[field]
  if (!Array.isArray(list) || list.length !== 2) {
    return refuse(field, 'expected two, of the pair as it is and swapped')
  }
  return list.map((entry: unknown) => {
    const said = isFields(entry) ? entry.decision : entry
    const decision = decisionOf(said)
    if (decision !== undefined) return decision
    return refuse(field, `expected A>B, B>A, A=B or null, is ${JSON.stringify(said)}`)
  })
}

const readers: Partial<Record<BenchmarkName, (row: RecordedRow) => RowVerdicts | undefined>> = {
  llmbar: ofLlmbar,
  judgebench: ofJudgebench,
}

/** Whether decisions of judges on a benchmark are published in a layout of its authors. */
export const hasAuthorsRecords = (benchmark: BenchmarkName): boolean => Object.hasOwn(readers, benchmark)

/**
 * What a row says in the layout in which the benchmark's authors publish decisions of judges; undefined where it is no such
 * row. Refuses one that is, and says something else.
 */
export const authorsVerdicts = (benchmark: BenchmarkName, row: RecordedRow): RowVerdicts | undefined =>
  readers[benchmark]?.(row)
