import { NoiseError } from '../noise-error'
import type { ChoiceContext } from './annotator'

/** The fields of a context that comparisons may leave out, and where they come from. */
const sources = {
  firstItem: 'firstItems',
  secondItem: 'secondItems',
  firstLength: 'firstLengths',
  secondLength: 'secondLengths',
  firstOwned: 'firstOwned',
  secondOwned: 'secondOwned',
} as const

/** A number of the context. Throws `MISSING_CONTEXT` where the comparisons do not say it. */
export function requiredContext(owner: string, field: keyof typeof sources, context: ChoiceContext): number {
  const value = context[field]
  if (!Number.isNaN(value)) return value
  const message = `${owner} needs ${field}, and comparison ${context.index} has none; give ${sources[field]}`
  throw new NoiseError('MISSING_CONTEXT', sources[field], message)
}
