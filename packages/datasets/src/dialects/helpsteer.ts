import { z } from 'zod'
import type { Dialect, Row } from './dialect'
import { fieldSchemas, finiteNumber, parseFields, textOrChat } from './fields'
import { compact, rowFacts } from './row-facts'

/** The field that rates, first found first. */
const ratingFields = ['helpfulness', 'rating', 'overall_score', 'score', 'reward'] as const
const ratings = fieldSchemas(finiteNumber)
const texts = z.object({ prompt: textOrChat, response: textOrChat })

const ratingOf = (row: Row): string | undefined => ratingFields.find((field) => field in row)

/** HelpSteer and its like: one response with scalar ratings, of which `helpfulness` orders the responses. */
export const helpsteer: Dialect = {
  name: 'helpsteer',
  title:
    'Scalar ratings, as HelpSteer: prompt, response, helpfulness (or rating, overall_score, score, reward)',
  fields: ['prompt', 'response', 'helpfulness'],
  detect: (row) => {
    const field = ratingOf(row)
    const fits = 'prompt' in row && 'response' in row && field !== undefined
    return fits ? `each row has one response, rated by ${field}` : undefined
  },
  parse: (row, context) => {
    const field = context.ratingField ?? ratingOf(row) ?? 'helpfulness'
    const { prompt, response } = parseFields(texts, row)
    const rating = parseFields(ratings(field), row)[field]!
    const { id, source } = rowFacts(row, context)
    return { responses: [compact({ id, prompt, response, rating, scale: 'scalar' as const, source })] }
  },
}
