import type { PairItem } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkList, checkMethods } from '../check-arguments'
import {
  checkInteger,
  checkOptions,
  checkRange,
  choose,
  formatValue,
  type OptionNames,
} from '../check-options'
import type { Judge, PairJudgement } from '../judge'
import { JudgeError } from '../judge-error'
import { defaultClip } from '../judging/log-odds'
import { answersOf, concludePanel, type PanelJudgement, type PanelMember } from './conclude-panel'
import { type Pool, poolingNames } from './pool-probabilities'

/** Fitted weights of a panel; plain JSON. */
export interface PanelWeights {
  /** Names of the judges, in the order of `weights`. */
  readonly judges: readonly string[]
  /** What each judge's log-odds are multiplied by; negative for one that is wrong more often than right. */
  readonly weights: readonly number[]
  /** What fitted weights multiply. */
  readonly combine: 'log-odds'
  /** How far from 0 and 1 probabilities were kept. */
  readonly clip: number
}

/** Options of {@link panelJudge}. */
export interface PanelJudgeOptions {
  /** Names the panel in reports. Default: `panel of` and its members' names. */
  readonly name?: string
  /**
   * How much each member counts, in their order, or what `fitPanelWeights` found, which says `combine` and `clip` too.
   * Default: all alike, 1 / members each.
   */
  readonly weights?: readonly number[] | PanelWeights
  /**
   * `linear`: the weighted mean of win probabilities of those that answered. `log-odds`: σ of the weighted sum of their
   * log-odds, to which those that did not answer add nothing. Default: `linear`.
   */
  readonly combine?: 'linear' | 'log-odds'
  /** How far from 0 and 1 probabilities are kept before their log-odds, in (0, 0.5). Default: 0.001. */
  readonly clip?: number
  /** Least number of members that must answer, at least 1; those whose weight is 0 do not count. Default: 1. */
  readonly quorum?: number
  /** Win probabilities this close to ½ are ties, in [0, 0.5]. Default: 0. */
  readonly tieMargin?: number
}

/** A judge of several. */
export interface PanelJudge extends Judge {
  readonly compare: (pair: PairItem, options?: CallOptions) => Promise<PanelJudgement>
}

const names: OptionNames<PanelJudgeOptions> = {
  name: true,
  weights: true,
  combine: true,
  clip: true,
  quorum: true,
  tieMargin: true,
}

const isFitted = (weights: PanelJudgeOptions['weights']): weights is PanelWeights =>
  weights !== undefined && !Array.isArray(weights)

function checkNames(judges: readonly string[]): void {
  if (judges.length === 0) throw new JudgeError('EMPTY', 'judges', 'judges is empty; expected one or more')
  const twice = judges.find((name, i) => judges.indexOf(name) !== i)
  if (twice === undefined) return
  const message = `judges has two of the name ${formatValue(twice)}; expected different names, for results to name them`
  throw new JudgeError('INVALID_OPTION', 'judges', message)
}

function checkFitted({ judges, combine }: PanelWeights, panel: readonly string[]): void {
  if (combine === 'log-odds' && JSON.stringify(judges) === JSON.stringify(panel)) return
  const message = `weights are for ${judges?.join(', ')} (${combine}); expected log-odds of ${panel.join(', ')}`
  throw new JudgeError('INVALID_OPTION', 'weights', message)
}

/** Fitted weights may be negative; those of a linear pool would give no probabilities then. */
function checkWeights({ weights, combine }: Pool, count: number): void {
  if (weights.length !== count) {
    const message = `weights has ${weights.length} values; expected one for each of ${count} judges`
    throw new JudgeError('LENGTH_MISMATCH', 'weights', message)
  }
  const low = combine === 'linear' ? 0 : -Number.MAX_VALUE
  weights.forEach((weight, i) => {
    checkRange(`weights[${i}]`, weight, low)
  })
  if (combine === 'log-odds' || weights.some((weight) => weight > 0)) return
  throw new JudgeError('OUT_OF_RANGE', 'weights', 'weights are all 0; expected one above 0')
}

function poolOf(judges: readonly Judge[], options: PanelJudgeOptions): Pool {
  const { weights, combine = 'linear', clip = defaultClip } = options
  const panel = judges.map(({ name }) => name)
  checkNames(panel)
  if (isFitted(weights)) checkFitted(weights, panel)
  const uniform = { combine, weights: judges.map(() => 1 / judges.length), clip }
  const pool: Pool = isFitted(weights) ? weights : { ...uniform, weights: weights ?? uniform.weights }
  choose('combine', pool.combine, poolingNames)
  checkRange('clip', pool.clip, Number.MIN_VALUE, 0.5)
  checkWeights(pool, judges.length)
  return { combine: pool.combine, weights: pool.weights, clip: pool.clip }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What failed and how many are left: a panel that failed has not abstained, and may be asked again. */
function checkFailures(
  outcomes: readonly PromiseSettledResult<PairJudgement>[],
  members: readonly PanelMember[],
  pool: Pool,
  quorum: number,
): void {
  // Asking again would not help where all that failed had no weight.
  const errors = outcomes.flatMap((x, i) =>
    x.status === 'rejected' && pool.weights[i] !== 0 ? [x.reason] : [],
  )
  const answers = answersOf(members, pool).filter((answers) => answers).length
  if (errors.length === 0 || answers >= quorum) return
  const failed = members.flatMap((member) => ('error' in member ? [`${member.judge}: ${member.error}`] : []))
  const counted = `${answers} of ${members.length} judges answered; expected at least ${quorum}`
  const message = `${counted}. Failed: ${failed.join('; ')}`
  throw new JudgeError('QUORUM_MISSED', 'judges', message, { cause: new AggregateError(errors) })
}

/**
 * A judge of several, who are asked at once and whose win probabilities are pooled. A member that fails or abstains is
 * named in `members` and in the readings, and the others go on without it.
 *
 * @throws JudgeError `EMPTY`, `INVALID_OPTION`, `LENGTH_MISMATCH`, `OUT_OF_RANGE`; `QUORUM_MISSED` (from `compare`)
 *   where members failed and fewer than the quorum are left. Where too many abstain and none failed, the panel is
 *   `abstained`.
 */
export function panelJudge(judges: readonly Judge[], options: PanelJudgeOptions = {}): PanelJudge {
  checkOptions('panelJudge', options, names)
  checkList('judges', judges)
  judges.forEach((judge, i) => {
    checkMethods(`judges[${i}]`, judge, ['compare'], 'a judge, such as generativeJudge gives')
  })
  const pool = poolOf(judges, options)
  const { quorum = 1, tieMargin = 0 } = options
  checkInteger('quorum', quorum, 1)
  const heard = pool.weights.filter((weight) => weight !== 0).length
  checkRange('quorum', quorum, 1, Math.max(1, heard))
  checkRange('tieMargin', tieMargin, 0, 0.5)
  return {
    name: options.name ?? `panel of ${judges.map(({ name }) => name).join('; ')}`,
    identity: { judge: 'panel', members: judges.map((judge) => judge.identity), ...pool, quorum, tieMargin },
    async compare(pair, call) {
      const outcomes = await Promise.allSettled(judges.map(async (judge) => judge.compare(pair, call)))
      call?.signal?.throwIfAborted()
      const members = outcomes.map(
        (outcome, i): PanelMember =>
          outcome.status === 'fulfilled'
            ? { judge: judges[i]!.name, judgement: outcome.value }
            : { judge: judges[i]!.name, error: messageOf(outcome.reason) },
      )
      checkFailures(outcomes, members, pool, quorum)
      return concludePanel(members, pool, quorum, tieMargin)
    },
  }
}
