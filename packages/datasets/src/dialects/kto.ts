import { z } from 'zod'
import type { Dialect } from './dialect'
import { chat, parseFields, simplifyResponse, textOrChat } from './fields'
import { compact, rowFacts } from './row-facts'

const completion = z.union([
  z.string(),
  chat.min(1, 'expected at least one message').transform(simplifyResponse),
])
const schema = z.object({ prompt: textOrChat, completion, label: z.boolean() })

/** KTO: one completion with a yes-or-no label. */
export const kto: Dialect = {
  name: 'kto',
  title: 'KTO, unpaired: prompt, completion, label (true when desirable)',
  fields: ['prompt', 'completion', 'label'],
  detect: (row) =>
    'prompt' in row && 'completion' in row && typeof row.label === 'boolean'
      ? 'each row has one completion with a label of true or false'
      : undefined,
  parse: (row, context) => {
    const { prompt, completion: response, label } = parseFields(schema, row)
    const { id, source } = rowFacts(row, context)
    return {
      responses: [compact({ id, prompt, response, rating: label ? 1 : 0, scale: 'binary' as const, source })],
    }
  },
}
