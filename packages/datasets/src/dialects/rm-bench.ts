import { z } from 'zod'
import type { Dialect } from './dialect'
import { looksLikeTexts, parseFields } from './fields'
import { rowFacts } from './row-facts'

const styles = ['concise', 'detailed_plain', 'detailed_markdown'] as const
const byStyle = z.array(z.string()).length(3, 'expected three texts, one a style')
const schema = z.object({ prompt: z.string(), chosen: byStyle, rejected: byStyle })

/** Hard when the rejected response is the more styled one, easy when the chosen is (RM-Bench, section 3). */
const difficulty = (chosen: number, rejected: number): string =>
  chosen < rejected ? 'hard' : chosen > rejected ? 'easy' : 'normal'

/**
 * RM-Bench: three chosen and three rejected responses by style, read as all nine comparisons with the tags
 * `chosen_style`, `rejected_style` and `difficulty`.
 */
export const rmBench: Dialect = {
  name: 'rm-bench',
  title: 'RM-Bench: prompt, and three chosen and three rejected texts by style',
  fields: ['prompt', 'chosen', 'rejected'],
  detect: ({ chosen, rejected }) =>
    looksLikeTexts(chosen) && looksLikeTexts(rejected) ? 'chosen and rejected are lists of texts' : undefined,
  parse: (row, context) => {
    const { prompt, chosen, rejected } = parseFields(schema, row)
    const facts = rowFacts({ ...row, source: row.domain ?? row.source }, context)
    const comparisons = chosen.flatMap((better, i) =>
      rejected.map((worse, j) => ({
        ...facts,
        id: `${facts.id}/${i}-${j}`,
        prompt,
        chosen: better,
        rejected: worse,
        tags: { chosen_style: styles[i]!, rejected_style: styles[j]!, difficulty: difficulty(i, j) },
      })),
    )
    return { comparisons }
  },
}
