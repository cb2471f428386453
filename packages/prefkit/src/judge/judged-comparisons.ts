import type { Comparison, Verdict, Vote } from '@prefkit/datasets'
import { type PairJudgement, type Reading, verdictOf } from '@prefkit/judges'
import type { PairItem } from '@prefkit/rubrics'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'

/** Two responses that were judged. */
export interface IdentifiedPair {
  /** Names the comparison. */
  readonly id: string
  readonly item: PairItem
  /** The part of the data that it is from. */
  readonly source?: string | undefined
}

/** Who judged, and which judgements become comparisons. */
export interface JudgedComparisonsOptions {
  /** The judge's name: the annotator of every comparison. Default: none. */
  readonly annotator?: string
  /**
   * The least |2p − 1| of a win probability p, in [0, 1]: 0 takes everything, 0.5 what is surer than 3 to 1. A judgement
   * without a win probability has only its verdict, and counts as 1. Default: 0.
   */
  readonly minMargin?: number
  /**
   * What becomes of ties: `drop` leaves them out; `keep` makes comparisons of them whose chosen response is `a`, which
   * only `preference` and `votes` tell from others. Default: `drop`.
   */
  readonly ties?: 'drop' | 'keep'
}

/** What judgements came to. */
export interface JudgedComparisons {
  /** In the order of the pairs. */
  readonly comparisons: readonly Comparison[]
  /** How many pairs became no comparison, and why. */
  readonly left: { readonly abstained: number; readonly ties: number; readonly belowMargin: number }
}

const schema = z.strictObject({
  annotator: z.string().min(1).optional(),
  minMargin: z.number().min(0).max(1).default(0),
  ties: z.enum(['drop', 'keep']).default('drop'),
})

function parseOptions(options: JudgedComparisonsOptions) {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const detail = `judgedComparisons: ${issue?.path.join('.') || 'options'}: ${issue?.message}`
  throw new PrefkitError('INVALID_CONFIG', detail)
}

const marginOf = ({ winProbability }: PairJudgement) =>
  winProbability === undefined ? 1 : Math.abs(2 * winProbability - 1)

/** Why a judgement is left out; undefined where it is not. */
function whyLeft(
  judgement: PairJudgement,
  { minMargin, ties }: ReturnType<typeof parseOptions>,
): keyof JudgedComparisons['left'] | undefined {
  if (judgement.verdict === 'abstained') return 'abstained'
  if (judgement.verdict === 'tie') return ties === 'drop' ? 'ties' : undefined
  return marginOf(judgement) < minMargin ? 'belowMargin' : undefined
}

const voteOf = (winProbability: number, annotator: { annotator?: string }): Vote => {
  const verdicts: Readonly<Record<string, Verdict>> = { a: 'chosen', tie: 'tie', b: 'rejected' }
  return { verdict: verdicts[verdictOf(winProbability)] as Verdict, ...annotator }
}

/** What each reading with an answer says of the chosen response. */
const votesOf = (readings: readonly Reading[], flipped: boolean, annotator: { annotator?: string }) =>
  readings.flatMap(({ winProbability: p }) =>
    p === undefined ? [] : [voteOf(flipped ? 1 - p : p, annotator)],
  )

function comparisonOf(pair: IdentifiedPair, judgement: PairJudgement, name: string | undefined): Comparison {
  const { prompt, a, b } = pair.item
  const flipped = judgement.verdict === 'b'
  const annotator = name === undefined ? {} : { annotator: name }
  const votes = votesOf(judgement.readings, flipped, annotator)
  const { winProbability: p } = judgement
  return {
    id: pair.id,
    prompt,
    chosen: flipped ? b : a,
    rejected: flipped ? a : b,
    ...(p !== undefined && { preference: flipped ? 1 - p : p }),
    ...(votes.length > 0 && { votes }),
    ...annotator,
    ...(pair.source !== undefined && { source: pair.source }),
    tags: { provenance: judgement.provenance },
  }
}

/**
 * Judged pairs as comparisons, for `writeComparisons` of `@prefkit/datasets` to write as TRL, OpenAI-DPO or HH JSON
 * lines, and for training. The verdict says which response is chosen; `preference` is its win probability, and `votes`
 * has a vote for each reading with an answer. Pairs without a preference are left out and counted.
 * @param pairs what was judged.
 * @param judgements one for each pair, in the same order.
 * @throws PrefkitError `INVALID_CONFIG` for options that are none, and for lists of different lengths.
 */
export function judgedComparisons(
  pairs: readonly IdentifiedPair[],
  judgements: readonly PairJudgement[],
  options: JudgedComparisonsOptions = {},
): JudgedComparisons {
  const parsed = parseOptions(options)
  if (pairs.length !== judgements.length) {
    const detail = `judgedComparisons: ${pairs.length} pairs and ${judgements.length} judgements; expected as many`
    throw new PrefkitError('INVALID_CONFIG', detail)
  }
  const left = { abstained: 0, ties: 0, belowMargin: 0 }
  const comparisons = judgements.flatMap((judgement, index) => {
    const why = whyLeft(judgement, parsed)
    if (why === undefined) return [comparisonOf(pairs[index]!, judgement, parsed.annotator)]
    left[why] += 1
    return []
  })
  return { comparisons, left }
}
