import type { Parsed } from '../parsed'
import { ambiguous, amiss, type Found, missing, say, settle } from './outcomes'
import { corrects, isStated, retracts } from './stated'

/** A place of the kind in which the answer was asked for: a tag, or double brackets. */
export interface AskedPlace<Answer> {
  readonly start: number
  readonly end: number
  /** What it has; none, or several where it is unclear. */
  readonly found: readonly Found<Answer>[]
  /** Why what it has is no answer. */
  readonly refused?: string | undefined
  /** True for a place with nothing in it. */
  readonly blank: boolean
}

const or = /^["'”’*_\x60).,\s]{0,6}(?:or|and\/or|versus|vs\.?|\/|\|)["'“‘*_\x60(\s]{0,6}$/i
const nothingMore = /^[\s*_.!)\x60]*$/

const valuesOf = <Answer>(places: readonly AskedPlace<Answer>[]): Answer[] =>
  places.flatMap(({ found }) => found.map(({ value }) => value))

/** Indices of places that are offered as alternatives: `[[A]] or [[B]]`. */
function alternativesIn(text: string, places: readonly AskedPlace<unknown>[]): Set<number> {
  const joined = places.flatMap(({ end }, i) => {
    const next = places[i + 1]
    const isJoined = next !== undefined && next.start - end < 20 && or.test(text.slice(end, next.start))
    return isJoined ? [i, i + 1] : []
  })
  return new Set(joined)
}

/** What the last place says, where it takes back those before it; else what all say together. */
function settlePlaces<Answer>(
  text: string,
  places: readonly AskedPlace<Answer>[],
  what: string,
): Parsed<Answer> {
  const all = settle(
    places.flatMap(({ found }) => found),
    `${what}s`,
  )
  const [before, last] = [places.at(-2), places.at(-1)!]
  if (all.status !== 'ambiguous' || before === undefined || last.found.length !== 1) return all
  if (!corrects(text.slice(before.end, last.start))) return all
  return amiss(settle(last.found, what), [`an earlier ${what} is taken back`])
}

/**
 * What the places say in which an answer was asked for. One counts where the text states it: not as an example, a
 * condition, a denial, a report, or an alternative. It is exact where nothing follows it. Places that differ are ambiguous,
 * unless the text says between the last two that the last is a correction. Undefined where no place is stated.
 */
export function settleAsked<Answer>(
  text: string,
  all: readonly AskedPlace<Answer>[],
  what: string,
): Parsed<Answer> | undefined {
  const said = all.filter(({ start, end }) => isStated(text, start, end))
  const alternatives = alternativesIn(text, said)
  const firm = said.filter((_, i) => !alternatives.has(i))
  const last = firm.at(-1)
  const offered = said.filter(({ start }, i) => alternatives.has(i) && start >= (last?.end ?? 0))
  const candidates = valuesOf([...firm, ...offered])
  if (offered.length > 0 && candidates.length > 0)
    return ambiguous(candidates, `several ${what}s are offered`)
  if (last === undefined) return undefined
  const refused = firm.flatMap((place) => place.refused ?? [])
  const valued = firm.filter(({ found }) => found.length > 0)
  if (valued.length === 0) {
    const cause = refused.length === 0 && firm.every(({ blank }) => blank) ? 'absent' : 'invalid'
    return missing(cause, refused[0] ?? `there is no ${what} where it was asked for`)
  }
  if (refused.length > 0) return ambiguous(valuesOf(valued), `${refused[0]}, beside ${say(valuesOf(valued))}`)
  if (last.found.length === 0 && !last.blank) {
    return ambiguous(valuesOf(valued), `the last place for a ${what} has none`)
  }
  const after = text.slice(last.end)
  if (retracts(after)) return ambiguous(valuesOf(valued), `the ${what} is taken back after it`)
  const settled = settlePlaces(text, valued, what)
  return amiss(settled, [
    ...(nothingMore.test(after) ? [] : [`there is text after the ${what}`]),
    ...(valued.length < firm.length ? [`another place has no ${what}`] : []),
  ])
}
