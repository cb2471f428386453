import { z } from 'zod'
import type { Dialect } from './dialect'
import { chat, parseFields, simplifyResponse } from './fields'
import { rowFacts } from './row-facts'

const output = chat.min(1, 'expected at least one message').transform(simplifyResponse)
const schema = z.object({
  input: z.object({ messages: chat }),
  preferred_output: output,
  non_preferred_output: output,
})

/** OpenAI's preference fine-tuning layout. */
export const openaiDpo: Dialect = {
  name: 'openai-dpo',
  title: 'OpenAI DPO: {input: {messages}, preferred_output, non_preferred_output}',
  fields: ['input', 'preferred_output', 'non_preferred_output'],
  detect: (row) =>
    'input' in row && 'preferred_output' in row && 'non_preferred_output' in row
      ? 'it has input, preferred_output and non_preferred_output'
      : undefined,
  parse: (row, context) => {
    const { input, preferred_output: chosen, non_preferred_output: rejected } = parseFields(schema, row)
    const prompt = input.messages.length === 0 ? '' : input.messages
    return { comparisons: [{ ...rowFacts(row, context), prompt, chosen, rejected }] }
  },
}
