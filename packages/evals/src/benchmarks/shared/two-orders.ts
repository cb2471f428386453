import type { BenchmarkPrompt, ItemLabel, PairOutcome, PairToJudge } from './benchmark'

/** Two responses by number, as benchmarks label them. */
export interface NumberedPair {
  readonly prompt: BenchmarkPrompt
  readonly first: string
  readonly second: string
}

/** Which response a judge prefers, whatever order it saw; undefined where it gave no verdict. */
export type Winner = 'first' | 'second' | 'tie' | undefined

/** Each pair as it is, then swapped. */
export const inBothOrders = (pairs: readonly NumberedPair[]): PairToJudge[] =>
  pairs.flatMap(({ prompt, first, second }, i) => [
    { id: `${i}:ab`, prompt, a: first, b: second },
    { id: `${i}:ba`, prompt, a: second, b: first },
  ])

/** Which response of each pair is right, in the order of {@link inBothOrders}. */
export const labelsInBothOrders = (
  pairs: readonly { readonly right: 1 | 2; readonly group: string }[],
): ItemLabel[] =>
  pairs.flatMap(({ right, group }, row) => [
    { row, group, expected: right === 1 ? 'a' : 'b' },
    { row, group, expected: right === 1 ? 'b' : 'a' },
  ])

const winner = (outcome: PairOutcome, shown: { a: Winner; b: Winner }): Winner => {
  if (outcome === null || outcome.verdict === 'abstained') return undefined
  return outcome.verdict === 'tie' ? 'tie' : shown[outcome.verdict]
}

/** The winners of a pair as it is and swapped. */
export function winnersOf(outcomes: readonly PairOutcome[], row: number): readonly [Winner, Winner] {
  return [
    winner(outcomes[2 * row]!, { a: 'first', b: 'second' }),
    winner(outcomes[2 * row + 1]!, { a: 'second', b: 'first' }),
  ]
}
