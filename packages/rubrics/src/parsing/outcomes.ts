import type { AmbiguousParse, MissingParse, Parsed, RecoveredParse } from '../parsed'

/** An answer found in a text, with what was amiss where it stands. */
export interface Found<Answer> {
  readonly value: Answer
  readonly repairs: readonly string[]
}

const recovered = <Answer>(value: Answer, repairs: readonly string[]): RecoveredParse<Answer> => ({
  status: 'recovered',
  value,
  repairs: [...new Set(repairs)],
})

export const ambiguous = <Answer>(candidates: readonly Answer[], reason: string): AmbiguousParse<Answer> => ({
  status: 'ambiguous',
  candidates: distinctOf(candidates),
  reason,
})

export const missing = (cause: NonNullable<MissingParse['cause']>, reason: string): MissingParse => ({
  status: 'missing',
  cause,
  reason,
})

export const unfinished = (): MissingParse => missing('cut-off', 'the text ends within its reasoning')

/** An answer that is exact when nothing was amiss. */
export const answered = <Answer>({ value, repairs }: Found<Answer>): Parsed<Answer> =>
  repairs.length === 0 ? { status: 'exact', value } : recovered(value, repairs)

function distinctOf<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((each) => [JSON.stringify(each), each])).values()]
}

/**
 * What several places of a text say together: their answer where they agree, exact when one place is and it is the only
 * one; ambiguous where they differ. `found` has one or more.
 */
export function settle<Answer>(found: readonly Found<Answer>[], what: string): Parsed<Answer> {
  const candidates = distinctOf(found.map(({ value }) => value))
  if (candidates.length > 1) {
    return ambiguous(candidates, `${what} that contradict each other: ${say(candidates)}`)
  }
  const best = found.find(({ repairs }) => repairs.length === 0) ?? found[0]!
  return answered({
    value: best.value,
    repairs: found.length === 1 ? best.repairs : [...best.repairs, 'the answer is repeated'],
  })
}

/** A parse with more that was amiss; `lacking` are parts that were asked for and are not there. */
export function amiss<Answer>(
  parsed: Parsed<Answer>,
  repairs: readonly string[],
  lacking: readonly string[] = [],
): Parsed<Answer> {
  if (!('value' in parsed) || repairs.length === 0) return parsed
  const before = parsed.status === 'recovered' ? parsed : { repairs: [], lacking: [] }
  const lacks = [...(before.lacking ?? []), ...lacking]
  const all = recovered(parsed.value, [...repairs, ...before.repairs])
  return lacks.length === 0 ? all : { ...all, lacking: lacks }
}

/** What was read elsewhere than in the place that was asked for: nothing, where the text was cut off before that. */
export const unlessCut = <Answer>(parsed: Parsed<Answer>, cutOff: boolean | undefined): Parsed<Answer> =>
  cutOff === true ? missing('cut-off', 'the text is cut off before the answer that was asked for') : parsed

const MOST_SAID = 5

/** Answers for a message, the first few of them. */
export function say(answers: readonly unknown[]): string {
  const some = answers.slice(0, MOST_SAID).map((answer) => JSON.stringify(answer))
  return `${some.join(', ')}${answers.length > MOST_SAID ? ', …' : ''}`
}
