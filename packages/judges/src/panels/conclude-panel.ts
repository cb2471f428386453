import type { PairJudgement, ProbabilityBounds, Reading } from '../judge'
import { verdictOf } from '../judging/combine-orders'
import { weakestProvenance } from '../judging/weakest-provenance'
import { noUsage, sumUsages } from '../usage'
import { type Pool, poolProbabilities } from './pool-probabilities'

/** What a member of a panel said, or why it did not. */
export type PanelMember =
  | { readonly judge: string; readonly judgement: PairJudgement }
  | { readonly judge: string; readonly error: string }

/** A panel's opinion of a pair; its readings are its members' opinions. */
export interface PanelJudgement extends PairJudgement {
  readonly members: readonly PanelMember[]
}

const judgementOf = (member: PanelMember): PairJudgement | undefined =>
  'judgement' in member ? member.judgement : undefined

/** A member's win probability; undefined where it failed or abstained. */
function probabilityOf(member: PanelMember): number | undefined {
  const judgement = judgementOf(member)
  return judgement?.verdict === 'abstained' ? undefined : judgement?.winProbability
}

const unheard = 'its weight is 0'

/** Whether each member answered and counts: who has no weight cannot answer for a panel. */
export const answersOf = (members: readonly PanelMember[], { weights }: Pool): boolean[] =>
  members.map((member, i) => weights[i] !== 0 && probabilityOf(member) !== undefined)

function readMember(member: PanelMember): Reading {
  const judgement = judgementOf(member)
  const winProbability = probabilityOf(member)
  const reason = 'error' in member ? member.error : judgement?.reason
  return {
    judge: member.judge,
    provenance: judgement?.provenance ?? 'parsed',
    ...(winProbability === undefined ? {} : { winProbability }),
    ...(winProbability !== undefined && judgement?.bounds ? { bounds: judgement.bounds } : {}),
    ...(winProbability === undefined ? { reason: reason ?? 'no reason given' } : {}),
  }
}

/** The pool is monotone in each probability, rising or falling with the sign of its weight. */
function poolBounds(readings: readonly Reading[], pool: Pool): ProbabilityBounds | undefined {
  if (!readings.some(({ bounds }) => bounds)) return undefined
  const end = (rising: 'low' | 'high', falling: 'low' | 'high') => {
    const ends = readings.map(
      (x, i) => x.bounds?.[pool.weights[i]! < 0 ? falling : rising] ?? x.winProbability,
    )
    return poolProbabilities(ends, pool)
  }
  return { low: end('low', 'high'), high: end('high', 'low') }
}

/** True where no member contradicts itself, of those that were shown both orders; undefined where none was. */
function consistencyOf(members: readonly PanelMember[]): boolean | undefined {
  const known = members.flatMap((member) => judgementOf(member)?.consistent ?? [])
  return known.length === 0 ? undefined : known.every((consistent) => consistent)
}

const withoutAnswer = (readings: readonly Reading[], answers: readonly boolean[]): string =>
  readings
    .filter((_, i) => !answers[i])
    .map(({ judge, reason = unheard }) => `${judge}: ${reason}`)
    .join('; ')

/** The opinion of a panel; `abstained` where fewer than the quorum answered. */
export function concludePanel(
  members: readonly PanelMember[],
  pool: Pool,
  quorum: number,
  tieMargin: number,
) {
  const readings = members.map(readMember)
  const answers = answersOf(members, pool)
  const answered = readings.filter((_, i) => answers[i])
  const consistent = consistencyOf(members)
  const rest = {
    provenance: weakestProvenance((answered.length > 0 ? answered : readings).map((x) => x.provenance)),
    readings,
    ...(consistent === undefined ? {} : { consistent }),
    usage: sumUsages(members.map((member) => judgementOf(member)?.usage ?? noUsage)),
    members,
  }
  if (answered.length < quorum) {
    const reason = `${answered.length} of ${members.length} judges answered, below the quorum of ${quorum}`
    return {
      verdict: 'abstained' as const,
      reason: `${reason}: ${withoutAnswer(readings, answers)}`,
      ...rest,
    }
  }
  const probabilities = readings.map((reading) => reading.winProbability)
  const winProbability = poolProbabilities(probabilities, pool)
  const bounds = poolBounds(readings, pool)
  return {
    verdict: verdictOf(winProbability, tieMargin),
    winProbability,
    ...(bounds ? { bounds } : {}),
    ...rest,
  }
}
