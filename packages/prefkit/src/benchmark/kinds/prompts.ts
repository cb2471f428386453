import { type ItemKind, isText, optional } from './item-kind'

/** Prompts whose answers a program checks: nobody is asked. */
export const prompts: ItemKind = {
  read(row) {
    const response = optional(row, 'response', isText, 'the text of a response, or null')
    const none = response === undefined && row.value.error === undefined
    if (none) row.refuse('response', 'is missing')
    if (isText(response)) return { outcome: response, readings: [] }
    return { outcome: null, readings: [], error: String(row.value.error ?? 'no response') }
  },
  fields: ({ outcome }) => ({ response: outcome }),
}
