import { z } from 'zod'
import { DatasetError } from '../dataset-error'
import type { Dialect, ReferencedText, RowContext } from './dialect'
import { parseFields } from './fields'
import { judgedPair, verdictAmbiguity } from './pairwise'
import { rowTags } from './row-facts'

const schema = z.object({ a1: z.string(), a2: z.string() })

function textOf(id: string, field: string, { texts }: RowContext): ReferencedText {
  if (texts === undefined) {
    const how = 'the option texts names the JSONL file that has them'
    throw new DatasetError(
      'INVALID_OPTION',
      `rows name their responses by id, and no texts were given: ${how}`,
    )
  }
  const found = texts.get(id)
  if (found !== undefined) return found
  throw new DatasetError('TEXT_UNKNOWN', `no text has the id ${JSON.stringify(id)}`, { field })
}

/**
 * UKPConvArg1's pairs: ids of two arguments with a verdict and votes. The texts come from a second file; its facts
 * and the ids, as `chosen_id` and `rejected_id`, become tags.
 */
export const pairwiseById: Dialect = {
  name: 'pairwise-by-id',
  title: 'Pairs by id, as UKPConvArg1: a1, a2, and gold or votes; the texts are in another file',
  fields: ['a1', 'a2', 'votes'],
  detect: (row) =>
    typeof row.a1 === 'string' && typeof row.a2 === 'string' && ('votes' in row || 'gold' in row)
      ? 'a1 and a2 are ids, judged by gold or votes'
      : undefined,
  ambiguity: verdictAmbiguity,
  parse: (row, context) => {
    const { a1, a2 } = parseFields(schema, row)
    const a = textOf(a1, 'a1', context)
    const b = textOf(a2, 'a2', context)
    const pair = { prompt: a.prompt, a: a.text, b: b.text }
    return judgedPair(row, pair, context, (chosen) => ({
      ...a.tags,
      ...rowTags(row, ['topic', 'strict']),
      chosen_id: chosen === 'a' ? a1 : a2,
      rejected_id: chosen === 'a' ? a2 : a1,
    }))
  },
}
