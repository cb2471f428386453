import { z } from 'zod'
import type { Dialect } from './dialect'
import { parseFields } from './fields'
import { rowFacts } from './row-facts'
import { sharedPrefixLength } from './shared-prefix'

const schema = z.object({ chosen: z.string(), rejected: z.string() })

/** Where the prompt ends: at the shared prefix, less a last space, which belongs to the responses (as in TRL). */
function promptLength(chosen: string, rejected: string): number {
  if (chosen === rejected) return 0
  const length = sharedPrefixLength(chosen, rejected)
  return chosen[length - 1] === ' ' ? length - 1 : length
}

/**
 * TRL's preference layout without a prompt: what chosen and rejected share at their start is the prompt, by TRL's
 * `extract_prompt`. Of two equal texts nothing is taken for the prompt.
 */
export const trlImplicit: Dialect = {
  name: 'trl-implicit',
  title: 'TRL preference with an implicit prompt: chosen and rejected as text that starts alike',
  fields: ['chosen', 'rejected'],
  detect: (row) =>
    !('prompt' in row) && typeof row.chosen === 'string' && typeof row.rejected === 'string'
      ? 'chosen and rejected are text and there is no prompt'
      : undefined,
  parse: (row, context) => {
    const { chosen, rejected } = parseFields(schema, row)
    const length = promptLength(chosen, rejected)
    const prompt = chosen.slice(0, length)
    const facts = rowFacts(row, context)
    return {
      comparisons: [{ ...facts, prompt, chosen: chosen.slice(length), rejected: rejected.slice(length) }],
    }
  },
}
