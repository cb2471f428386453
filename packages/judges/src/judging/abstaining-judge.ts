import { checkArguments, checkItem } from '../check-arguments'
import { checkOptions, checkRange, type OptionNames } from '../check-options'
import type { Judge, PairJudgement } from '../judge'
import { noUsage } from '../usage'
import { definedOnly } from './defined-only'
import { type WrappedJudge, wrapJudge } from './wrap-judge'

/** When a judgement is not sure enough to count. */
export interface AbstentionOptions {
  /** Least max(P, 1 − P) of a verdict, in [0.5, 1]; above 0.5 ties abstain too. Default: 0.5. */
  readonly minConfidence?: number
  /** Whether orders with different verdicts, a tie being one, are no verdict. Default: false. */
  readonly consistentOnly?: boolean
  /** Widest `bounds` of a verdict, in [0, 1]: how much tokens outside the top k may leave open. Default: 1. */
  readonly maxWidth?: number
}

const names: OptionNames<AbstentionOptions> = { minConfidence: true, consistentOnly: true, maxWidth: true }

const widthOf = ({ bounds }: PairJudgement): number => (bounds ? bounds.high - bounds.low : 0)

/** Why a judgement is not sure enough; undefined where it is. */
function doubtOf(judgement: PairJudgement, options: Required<AbstentionOptions>): string | undefined {
  const { minConfidence, consistentOnly, maxWidth } = options
  const p = judgement.winProbability!
  const doubts: [boolean, string][] = [
    // A probability and its complement must not fall on different sides of the threshold by rounding.
    [
      Math.abs(p - 0.5) + 0.5 < minConfidence - 1e-12,
      `P(a) is ${p}; expected a confidence of ${minConfidence}`,
    ],
    [consistentOnly && judgement.consistent === false, 'the orders have different verdicts'],
    [
      widthOf(judgement) > maxWidth + 1e-12,
      `the bounds are ${widthOf(judgement)} apart; expected at most ${maxWidth}`,
    ],
  ]
  return doubts.find(([doubtful]) => doubtful)?.[1]
}

/**
 * A judgement, or the same with the verdict `abstained` and the reason where it is not sure enough. Its win
 * probability and readings stay.
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`.
 */
export function abstainBelow<J extends PairJudgement>(judgement: J, options: AbstentionOptions): J {
  checkItem('judgement', judgement, [])
  checkOptions('abstainBelow', options, names)
  const { minConfidence = 0.5, consistentOnly = false, maxWidth = 1 } = options
  checkRange('minConfidence', minConfidence, 0.5, 1)
  checkRange('maxWidth', maxWidth, 0, 1)
  if (judgement.verdict === 'abstained' || judgement.winProbability === undefined) return judgement
  const reason = doubtOf(judgement, { minConfidence, consistentOnly, maxWidth })
  return reason === undefined ? judgement : { ...judgement, verdict: 'abstained', reason }
}

/** What is judged when nothing has been: the options are checked on it before anything is paid for. */
const unsure: PairJudgement = {
  verdict: 'abstained',
  provenance: 'scores',
  readings: [],
  usage: noUsage,
}

/**
 * A judge that abstains where another is not sure enough: {@link abstainBelow} of each of its judgements of pairs. It
 * scores and ranks as the other does, where that can. What `minConfidence` costs and buys is in `judgeQuality` of
 * `@prefkit/evals/judge-quality`, as risk against coverage.
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`.
 */
export function abstainingJudge<J extends Judge>(judge: J, options: AbstentionOptions): WrappedJudge<J> {
  checkArguments({ judge })
  abstainBelow(unsure, options)
  return wrapJudge(judge, {
    name: `${judge.name}, abstaining`,
    identity: { judge: 'abstaining', of: judge.identity, ...definedOnly({ ...options }) },
    compare: async (pair, call) => abstainBelow(await judge.compare(pair, call), options),
  })
}
