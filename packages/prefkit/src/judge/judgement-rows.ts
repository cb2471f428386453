import type { Judged, PairJudgement, ScoreJudgement } from '@prefkit/judges'
import type { JudgedPairOutcome } from './judge-pairs'
import type { JudgedRow } from './judge-responses'

/** What a judgement was asked and answered, without what it cost. */
function pairFields({ judgement, error }: Judged<PairJudgement>): object {
  if (error) return { error }
  const { verdict, winProbability, bounds, consistent, provenance, reason, readings } = judgement
  return { verdict, winProbability, bounds, consistent, provenance, reason, readings }
}

/** A judged pair as a row of JSON Lines: its texts, what the data prefers, and what the judge says. */
export const pairRow = ({ pair, outcome }: JudgedPairOutcome): object => {
  const { id, item, label, source } = pair
  return { id, source, ...item, label, ...pairFields(outcome) }
}

/** What the judge says of a response; the score stands in a field of its own. */
function judgementOf({ judgement, error }: Judged<ScoreJudgement>): object {
  if (error) return { error }
  const { criteria, provenance, readings } = judgement
  return { criteria, provenance, readings }
}

/** A row with the score of each of its responses, null where there is none, and what the judge says of it. */
export const responseRow = ({ row, outcomes }: JudgedRow): object => ({
  ...row.row,
  ...row.values(
    'score',
    outcomes.map(({ judgement }) => judgement?.score ?? null),
  ),
  ...row.values('judgement', outcomes.map(judgementOf)),
})
