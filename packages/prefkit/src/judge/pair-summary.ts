import type { PairJudgement, ReadingCounts, Usage } from '@prefkit/judges'
import type { JudgedPairOutcome } from './judge-pairs'
import type { JudgeMetaEvaluation } from './meta-evaluate'
import type { Share } from './share-of'
import { tallyPairs } from './tally-pairs'

/** What a judge said of pairs, in numbers. */
export interface PairSummary {
  readonly pairs: number
  /** Pairs that could not be judged. */
  readonly failed: number
  readonly verdicts: Readonly<Record<PairJudgement['verdict'], number>>
  readonly readings: ReadingCounts
  /** What judgements rest on, and how many. */
  readonly provenance: Readonly<Record<string, number>>
  /** Pairs that the data calls equal; they count for agreement, not for accuracy. */
  readonly labelledTies: number
  /** How often verdicts are those of the data, a tie half; absent without labels. */
  readonly accuracy?: Share
  /** Accuracy by source, where there are several. */
  readonly sources?: readonly { readonly source: string; readonly accuracy: Share }[]
  /** Liking for a place, consistency, agreement less that of chance, and more; absent where nothing was judged. */
  readonly quality?: JudgeMetaEvaluation
  readonly usage: Usage
}

/** What a judge said of pairs, and how far that is to be trusted. */
export function summarisePairs(outcomes: Iterable<JudgedPairOutcome>, seed: number): PairSummary {
  const tally = tallyPairs()
  for (const outcome of outcomes) tally.add(outcome)
  return tally.summarise(seed)
}
