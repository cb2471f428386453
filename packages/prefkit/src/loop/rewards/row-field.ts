import { PrefkitError } from '../../prefkit-error'
import type { LoopPrompt } from '../prompts/prompt'

/** What a prompt's row has in a column. @throws PrefkitError `INVALID_CONFIG` naming what it has instead. */
export function rowField(reward: string, { id, fields = {} }: LoopPrompt, field: string): unknown {
  if (Object.hasOwn(fields, field) && fields[field] !== undefined) return fields[field]
  const names = Object.keys(fields).join(', ') || 'no fields'
  const message = `${reward}: prompt ${id} has no field ${JSON.stringify(field)}, which this reward reads; it has ${names}`
  throw new PrefkitError('INVALID_CONFIG', message)
}
