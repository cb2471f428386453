import { z } from 'zod'
import type { Dialect } from './dialect'
import { parseFields } from './fields'
import { compact, rowFacts, rowTags } from './row-facts'

const schema = z.object({ prompt: z.string(), chosen: z.string(), rejected: z.string() })
const tagFields = ['chosen_model', 'rejected_model', 'language']

/** TRL's preference layout with the prompt on its own. */
export const trl: Dialect = {
  name: 'trl',
  title: 'TRL preference: prompt, chosen and rejected as text',
  fields: ['prompt', 'chosen', 'rejected'],
  detect: ({ prompt, chosen, rejected }) =>
    [prompt, chosen, rejected].every((value) => typeof value === 'string')
      ? 'prompt, chosen and rejected are text'
      : undefined,
  parse: (row, context) => {
    const { prompt, chosen, rejected } = parseFields(schema, row)
    const facts = rowFacts(row, context)
    return { comparisons: [compact({ ...facts, prompt, chosen, rejected, tags: rowTags(row, tagFields) })] }
  },
}
