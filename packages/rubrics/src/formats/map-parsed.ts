import type { Parsed } from '../parsed'

/** The same parse of another kind of answer. */
export function mapParsed<From, To>(parsed: Parsed<From>, to: (answer: From) => To): Parsed<To> {
  if (parsed.status === 'missing') return parsed
  if (parsed.status === 'ambiguous') return { ...parsed, candidates: parsed.candidates.map(to) }
  return { ...parsed, value: to(parsed.value) }
}
