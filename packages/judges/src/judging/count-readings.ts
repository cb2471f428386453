import { checkList } from '../check-arguments'
import type { Reading } from '../judge'

/** How many readings there were, and what became of them. */
export interface ReadingCounts {
  readonly asked: number
  /** Readings with an answer: a win probability, a score, a ranking, or answers to questions. */
  readonly answered: number
  /** Texts by how sure their parse is; texts that are ambiguous or lack an answer are not answered. */
  readonly parses: Readonly<Record<'exact' | 'recovered' | 'ambiguous' | 'missing', number>>
}

const answers = ['winProbability', 'score', 'ranking', 'satisfied'] as const

/** A judgement of a pair, of a response, of a list or of a checklist. */
interface Read {
  readonly readings: readonly (Pick<Reading, 'parse'> & {
    readonly [answer in (typeof answers)[number]]?: unknown
  })[]
}

/** Counts the readings of judgements of any kind: how often a judge could not be understood, which no verdict shows. */
export function countReadings(judgements: readonly Read[]): ReadingCounts {
  checkList('judgements', judgements)
  const readings = judgements.flatMap((judgement) => judgement.readings)
  const parses = { exact: 0, recovered: 0, ambiguous: 0, missing: 0 }
  for (const { parse } of readings) if (parse !== undefined) parses[parse] += 1
  const answered = readings.filter((reading) => answers.some((answer) => reading[answer] !== undefined))
  return { asked: readings.length, answered: answered.length, parses }
}
