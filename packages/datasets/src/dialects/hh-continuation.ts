import { z } from 'zod'
import type { Dialect } from './dialect'
import { parseFields } from './fields'
import { continuation, transcriptPrompt } from './hh'
import { rowFacts } from './row-facts'

const schema = z.object({
  prompt: z.string().regex(/\n\nAssistant:\s*$/, 'expected a transcript that ends with "\\n\\nAssistant:"'),
  chosen: z.string(),
  rejected: z.string(),
})

/** Anthropic HH with the shared transcript on its own, and what each response adds to it. */
export const hhContinuation: Dialect = {
  name: 'hh-continuation',
  title: 'Anthropic HH, split: prompt ending with "\\n\\nAssistant:", chosen and rejected continue it',
  fields: ['prompt', 'chosen', 'rejected'],
  detect: (row) =>
    schema.safeParse(row).success ? 'prompt is a transcript that ends with "Assistant:"' : undefined,
  parse: (row, context) => {
    const { prompt, chosen, rejected } = parseFields(schema, row)
    const comparison = {
      ...rowFacts(row, context),
      prompt: transcriptPrompt(prompt, 'prompt'),
      chosen: continuation(chosen),
      rejected: continuation(rejected),
    }
    return { comparisons: [comparison] }
  },
}
