import {
  type JudgeQuality,
  type JudgeQualityOptions,
  type JudgeRecord,
  judgeQuality,
} from '@prefkit/evals/judge-quality'
import { PrefkitError } from '../prefkit-error'
import { type HumanVote, type JudgeAgreement, judgeAgreement } from './meta-evaluate-chance'

/** Options of {@link metaEvaluateJudge}. */
export interface MetaEvaluateOptions extends JudgeQualityOptions {
  /** What several people say of pairs, for their agreement among themselves and with the judge. Default: none. */
  humanVotes?: readonly HumanVote[]
}

/** All that is known of a judge from what it said; plain JSON. */
export interface JudgeMetaEvaluation extends JudgeQuality {
  /** Agreement less that of chance, with intervals. */
  readonly chanceCorrected: JudgeAgreement
}

function checkVotes(votes: readonly HumanVote[]): void {
  votes.forEach((vote, i) => {
    const known = ['a', 'b', 'tie'].includes(vote.verdict)
    if (known && vote.pair !== undefined && vote.annotator !== undefined) return
    const message = `humanVotes[${i}] is ${JSON.stringify(vote)}; expected a pair, an annotator and the verdict a, b or tie`
    throw new PrefkitError('INVALID_CONFIG', message)
  })
}

/**
 * Evaluates a judge: its liking for a place, its consistency over orders, votes and times, its agreement with
 * labels and with people, less what chance would bring, what it risks by answering, whether its probabilities are
 * honest, and whether it follows length.
 *
 * @param records one for each vote, as from `judgeRecords`
 * @throws EvalsError `EMPTY`, `INVALID_OUTCOME`, `OUT_OF_RANGE`, `INVALID_OPTION`; PrefkitError `INVALID_CONFIG`
 */
export function metaEvaluateJudge(
  records: readonly JudgeRecord[],
  options: MetaEvaluateOptions = {},
): JudgeMetaEvaluation {
  const { humanVotes, ...rest } = options
  const quality = judgeQuality(records, rest)
  if (humanVotes !== undefined) checkVotes(humanVotes)
  return {
    ...quality,
    chanceCorrected: judgeAgreement(records, humanVotes, quality.settings.confidence),
  }
}
