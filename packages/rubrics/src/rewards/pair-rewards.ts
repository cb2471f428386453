import { type ParGrade, parRewards } from '@prefkit/advantages'
import type { ScoreAnswer } from '../answers'
import { checkOptions, formatValue } from '../check-options'
import type { ResponseItem } from '../items'
import type { ScoreFormat } from '../judge-format'
import type { Parsed } from '../parsed'
import type { Conversation } from '../prompt-message'
import { RubricError } from '../rubric-error'
import { completeFormatRewards, type FormatRewards, rewardOfParse } from './format-reward'
import { type PairMetrics, pairMetrics } from './pair-metrics'

/** One response of a pair, and what the rollouts of a judge wrote about it. */
export interface ResponseRollouts {
  readonly response: string
  /** One text for each rollout, n of them, at least one. */
  readonly texts: readonly string[]
}

/** A comparison, and the rollouts of a judge on each of its responses by itself. */
export interface PairRollouts {
  readonly prompt: Conversation
  readonly chosen: ResponseRollouts
  readonly rejected: ResponseRollouts
  /** A response known to be good, which the format may need to parse. */
  readonly reference?: string
}

/** Options of {@link pairRewards}. */
export interface PairRewardsOptions {
  /** The format by which the judge was asked; its parser reads the scores. */
  readonly format: Pick<ScoreFormat, 'parse'>
  /** f(δ) as grades, as for `parRewards`. Default: 1.2 above 0 and 1.4 above 2. */
  readonly grades?: readonly ParGrade[]
  /** f(δ) as a function of a margin above 0, in the place of `grades`. */
  readonly f?: (delta: number) => number
  /** R_format, as for `formatReward`. Default: 0, −0.5 and −1. */
  readonly formatRewards?: FormatRewards
}

/** What {@link pairRewards} gives: columns with an entry for each rollout, and metrics of all of them. */
export interface PairRewards {
  /** R = R_PAR + R_format. */
  readonly rewards: Float64Array
  /** R_PAR; 0 for a rollout without a score. */
  readonly parRewards: Float64Array
  /** R_format. */
  readonly formatRewards: Float64Array
  /** The scores, NaN where none could be read. */
  readonly scores: Float64Array
  /**
   * The group of a rollout: rollouts on one response are a group, as GRPO compares them. 2·pair of the chosen response, and
   * 2·pair + 1 of the rejected.
   */
  readonly groups: Int32Array
  /** How each text was parsed. */
  readonly parses: readonly Parsed<ScoreAnswer>[]
  readonly metrics: PairMetrics
}

type Side = 'chosen' | 'rejected'

function checkRollouts(pairs: readonly PairRollouts[]): void {
  pairs.forEach((pair, i) => {
    for (const side of ['chosen', 'rejected'] as const) {
      const texts: unknown = pair?.[side]?.texts
      const place = `pairs[${i}].${side}.texts`
      if (Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === 'string'))
        continue
      const got = Array.isArray(texts) && texts.length === 0 ? 'empty' : formatValue(texts)
      throw new RubricError('EMPTY', place, `${place} is ${got}; expected the texts of one rollout or more`)
    }
  })
}

const itemOf = ({ prompt, reference, ...pair }: PairRollouts, side: Side): ResponseItem => ({
  prompt,
  response: pair[side].response,
  ...(reference === undefined ? {} : { reference }),
})

const scoreOf = (parsed: Parsed<ScoreAnswer>): number =>
  parsed.status === 'exact' || parsed.status === 'recovered' ? parsed.value.score : Number.NaN

/**
 * PaTaRM's manager of pair rewards: reads the scores from n rollouts of a judge on each response of many comparisons, and gives
 * each rollout R = R_PAR + R_format. R_PAR is that of `parRewards`: f(δ) for a score on the right side of the mean score of the
 * other response. A text without a score, or with two, has R_PAR = 0 and counts in no mean.
 *
 * Rollouts are in the order of the pairs, those on the chosen response first. `groups` is what `groupRelativeAdvantages` takes.
 *
 * Source: 2510.24235, R_PAR + R_format.
 *
 * @throws RubricError `EMPTY` for a response without rollouts, `NOT_FINITE`, `INVALID_OPTION`; AdvantageError for `grades`
 *   and `f`, as `parRewards`.
 */
export function pairRewards(pairs: readonly PairRollouts[], options: PairRewardsOptions): PairRewards {
  checkOptions('pairRewards', options, { format: true, grades: true, f: true, formatRewards: true })
  const { format, grades, f, formatRewards = {} } = options
  const ofFormat = completeFormatRewards(formatRewards)
  checkRollouts(pairs)
  const read = (side: Side) =>
    pairs.map((pair) => pair[side].texts.map((text) => format.parse(text, itemOf(pair, side))))
  const parses = { chosen: read('chosen'), rejected: read('rejected') }
  const scores = {
    chosenScores: parses.chosen.map((row) => row.map(scoreOf)),
    rejectedScores: parses.rejected.map((row) => row.map(scoreOf)),
  }
  const par = parRewards(scores, {
    missing: 'exclude',
    ...(grades === undefined ? {} : { grades }),
    ...(f === undefined ? {} : { f }),
  })
  const inOrder = <T>(chosen: readonly (readonly T[])[], rejected: readonly (readonly T[])[]): T[] =>
    pairs.flatMap((_, i) => [...chosen[i]!, ...rejected[i]!])
  const all = inOrder(parses.chosen, parses.rejected)
  const ofPar = Float64Array.from(inOrder(par.chosen, par.rejected))
  const formats = Float64Array.from(all, (parsed) => rewardOfParse(parsed, ofFormat))
  const rewards = ofPar.map((reward, i) => reward + formats[i]!)
  return {
    rewards,
    parRewards: ofPar,
    formatRewards: formats,
    scores: Float64Array.from(inOrder(scores.chosenScores, scores.rejectedScores)),
    groups: Int32Array.from(
      pairs.flatMap(({ chosen, rejected }, i) => [
        ...chosen.texts.map(() => 2 * i),
        ...rejected.texts.map(() => 2 * i + 1),
      ]),
    ),
    parses: all,
    metrics: pairMetrics({ ...scores, rewards, parRewards: ofPar, formatRewards: formats, parses: all }),
  }
}
