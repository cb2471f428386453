import { assignAnnotators } from '../annotators/assign-annotators'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { withRandomFlips } from '../annotators/with-random-flips'
import type { Votes } from '../estimation/votes'

/** Votes of annotators who flip the right of two answers, each at a rate of their own; and the right answers. */
export function simulateVotes(given: { items: number; rates: number[]; perItem: number; seed: number }) {
  const { items, rates, perItem, seed } = given
  const who = assignAnnotators({
    comparisons: items,
    annotators: rates.length,
    perComparison: perItem,
    seed,
  })
  const truth = Array.from({ length: items }, (_, i) => (Math.sin(12.9898 * (i + 1)) > 0 ? 1 : -1))
  const deltas = Array.from(who.comparisons, (item) => truth[item]!)
  const perfect = (delta: number) => ({ first: Number(delta > 0), second: Number(delta < 0), tie: 0 })
  const annotator = withRandomFlips({ rate: rates })(perfect)
  const labels = simulateAnnotations({ deltas, annotators: who.annotators }, annotator, { seed })
  const votes: Votes = { items: who.comparisons, annotators: who.annotators, labels }
  return { votes, truth }
}
