import type { AmbiguousParse, ExactParse, MissingParse, Parsed, RecoveredParse } from '../parsed'

/** An answer found in a text, with what was amiss where it stands. */
export interface Found<Answer> {
  readonly value: Answer
  readonly repairs: readonly string[]
}

const exact = <Answer>(value: Answer): ExactParse<Answer> => ({ status: 'exact', value })

export const recovered = <Answer>(value: Answer, repairs: readonly string[]): RecoveredParse<Answer> => ({
  status: 'recovered',
  value,
  repairs: [...new Set(repairs)],
})

export const ambiguous = <Answer>(candidates: readonly Answer[], reason: string): AmbiguousParse<Answer> => ({
  status: 'ambiguous',
  candidates,
  reason,
})

export const missing = (cause: NonNullable<MissingParse['cause']>, reason: string): MissingParse => ({
  status: 'missing',
  cause,
  reason,
})

/** An answer that is exact when nothing was amiss. */
export const answered = <Answer>({ value, repairs }: Found<Answer>): Parsed<Answer> =>
  repairs.length === 0 ? exact(value) : recovered(value, repairs)

/**
 * What several places of a text say together: their answer where they agree, exact when one place is and it is the only
 * one; ambiguous where they differ. `found` has one or more.
 */
export function settle<Answer>(found: readonly Found<Answer>[], what: string): Parsed<Answer> {
  const distinct = [...new Map(found.map((each) => [JSON.stringify(each.value), each])).values()]
  if (distinct.length > 1) {
    const candidates = distinct.map(({ value }) => value)
    return ambiguous(candidates, `${what} that contradict each other: ${say(candidates)}`)
  }
  const best = found.find(({ repairs }) => repairs.length === 0) ?? found[0]!
  return answered({
    value: best.value,
    repairs: found.length === 1 ? best.repairs : [...best.repairs, 'the answer is repeated'],
  })
}

const MOST_SAID = 5

/** Answers for a message, the first few of them. */
export function say(answers: readonly unknown[]): string {
  const some = answers.slice(0, MOST_SAID).map((answer) => JSON.stringify(answer))
  return `${some.join(', ')}${answers.length > MOST_SAID ? ', …' : ''}`
}
