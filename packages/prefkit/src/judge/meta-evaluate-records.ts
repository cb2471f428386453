import type { JudgeRecord, JudgeVerdict } from '@prefkit/evals/judge-quality'
import { type PairJudgement, type Reading, verdictOf } from '@prefkit/judges'

/** A judgement, and what is known of the pair. */
export interface JudgedPair extends Omit<JudgeRecord, 'first' | 'verdict' | 'winProbability'> {
  readonly judgement: PairJudgement
}

const verdictOfReading = ({ winProbability }: Reading): JudgeVerdict =>
  winProbability === undefined ? 'abstained' : verdictOf(winProbability)

const isOrdered = (reading: Reading): reading is Reading & { readonly first: 'a' | 'b' } =>
  reading.first !== undefined

/**
 * The votes of judgements, one for each reading in an order, as {@link metaEvaluateJudge} takes them. Judges that score
 * responses one at a time show no order; of their judgements there is one vote, as if a had been first, so that nothing
 * is to be learnt of places from it.
 */
export const judgeRecords = (judged: readonly JudgedPair[]): JudgeRecord[] =>
  judged.flatMap(({ judgement, ...about }): JudgeRecord[] => {
    const probability = (value: number | undefined) => (value === undefined ? {} : { winProbability: value })
    const ordered = judgement.readings.filter(isOrdered)
    if (ordered.length > 0) {
      return ordered.map((reading) => ({
        ...about,
        first: reading.first,
        verdict: verdictOfReading(reading),
        ...probability(reading.winProbability),
      }))
    }
    return [{ ...about, first: 'a', verdict: judgement.verdict, ...probability(judgement.winProbability) }]
  })
