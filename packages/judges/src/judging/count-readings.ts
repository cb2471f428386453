import type { PairJudgement } from '../judge'

/** How many readings there were, and what became of them. */
export interface ReadingCounts {
  readonly asked: number
  /** Readings with a win probability or a score. */
  readonly answered: number
  /** Texts by how sure their parse is; texts that are ambiguous or lack an answer are not answered. */
  readonly parses: Readonly<Record<'exact' | 'recovered' | 'ambiguous' | 'missing', number>>
}

/** Counts the readings of judgements: how often a judge could not be understood, which no verdict shows. */
export function countReadings(judgements: readonly Pick<PairJudgement, 'readings'>[]): ReadingCounts {
  const readings = judgements.flatMap((judgement) => judgement.readings)
  const parses = { exact: 0, recovered: 0, ambiguous: 0, missing: 0 }
  for (const { parse } of readings) if (parse !== undefined) parses[parse] += 1
  const answered = readings.filter((x) => x.winProbability !== undefined || x.score !== undefined).length
  return { asked: readings.length, answered, parses }
}
