import { z } from 'zod'
import type { Dialect } from './dialect'
import { finiteNumber, looksLikeChat, optional, parseFields } from './fields'
import { compact, rowFacts } from './row-facts'
import { splitConversations } from './trl-conversational-implicit'

const schema = z.object({ score_chosen: optional(finiteNumber), score_rejected: optional(finiteNumber) })

/** UltraFeedback-binarised: whole conversations with a score each; the difference of scores is the margin. */
export const ultrafeedback: Dialect = {
  name: 'ultrafeedback',
  title: 'UltraFeedback-binarised: chosen and rejected as conversations, score_chosen, score_rejected',
  fields: ['chosen', 'rejected', 'score_chosen', 'score_rejected'],
  detect: (row) =>
    looksLikeChat(row.chosen) &&
    looksLikeChat(row.rejected) &&
    'score_chosen' in row &&
    'score_rejected' in row
      ? 'chosen and rejected are lists of messages, with score_chosen and score_rejected'
      : undefined,
  parse: (row, context) => {
    const { score_chosen: high, score_rejected: low } = parseFields(schema, row)
    const facts = rowFacts(row, context)
    const margin = high !== undefined && low !== undefined ? high - low : facts.margin
    return { comparisons: [compact({ ...facts, ...splitConversations(row), margin })] }
  },
}
