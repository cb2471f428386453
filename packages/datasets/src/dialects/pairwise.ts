import { z } from 'zod'
import type { TextOrChat } from '../chat-message'
import type { Comparison } from '../comparison'
import { DatasetError } from '../dataset-error'
import type { Dialect, ParsedRow, Row, RowContext } from './dialect'
import { fieldSchemas, finiteNumber, optional, parseFields, simplifyResponse, textOrChat } from './fields'
import { compact, rowFacts, rowTags } from './row-facts'
import { splitSharedMessages } from './shared-prefix'
import {
  type LabelCoding,
  labelAmbiguity,
  majority,
  readVotes,
  readWinner,
  voteLabels,
  votesFor,
  type Winner,
} from './verdicts'

/** The names that data sets give the two responses. */
const responseFields = [
  ['response_a', 'response_b'],
  ['response_A', 'response_B'],
  ['response_1', 'response_2'],
  ['response1', 'response2'],
  ['output_1', 'output_2'],
  ['answer_a', 'answer_b'],
  ['conversation_a', 'conversation_b'],
] as const
const promptFields = ['prompt', 'instruction', 'question'] as const
/** What decides a pair, before its votes do. */
const labelFields = ['gold', 'label', 'winner'] as const
const strengthField = 'preference_strength'
const verdictFields = [...labelFields, strengthField, 'votes']

const responsesOf = (row: Row) => responseFields.find(([a, b]) => a in row && b in row)
const textFields = fieldSchemas<TextOrChat>(textOrChat)
const inputSchema = z.object({ input: optional(z.string()) })
const strengthSchema = z.object({ [strengthField]: optional(finiteNumber) })

const labelField = (row: Row) => labelFields.find((name) => row[name] !== undefined && row[name] !== null)

/** What rows that name a winner or hold votes leave open: which coding their labels of 0 and 1 are in. */
export function verdictAmbiguity(rows: readonly Row[]): string | undefined {
  const byField: Record<string, unknown[]> = { votes: rows.flatMap(voteLabels) }
  for (const row of rows) {
    const field = labelField(row)
    if (field !== undefined) byField[field] = [...(byField[field] ?? []), row[field]]
  }
  return labelAmbiguity(byField)
}

/** The winner a row names, or its votes' majority; with HelpSteer's signed strength as the margin. */
function decide(row: Row, coding: LabelCoding | undefined): { winner: Winner; margin?: number } {
  const field = labelField(row)
  if (field !== undefined) return { winner: readWinner(row[field], field, coding) }
  const strength = parseFields(strengthSchema, row)[strengthField]
  if (strength !== undefined) {
    const winner = strength === 0 ? 'tie' : strength < 0 ? 'a' : 'b'
    return { winner, margin: Math.abs(strength) }
  }
  const votes = readVotes(row, coding)
  if (votes !== undefined) return { winner: majority(votes) }
  throw new DatasetError(
    'FIELD_MISSING',
    `is missing or empty, as are ${verdictFields.slice(0, -1).join(', ')}`,
    {
      field: 'votes',
    },
  )
}

/** The two responses of a row as a comparison in favour of the one that won, or a tie. Throws DatasetError. */
export function judgedPair(
  row: Row,
  pair: { prompt: TextOrChat; a: TextOrChat; b: TextOrChat },
  context: RowContext,
  tagsOf: (chosen: 'a' | 'b') => Comparison['tags'],
): ParsedRow {
  const { winner, margin } = decide(row, context.labels)
  const votes = readVotes(row, context.labels)
  const facts = rowFacts(row, context)
  if (winner === 'tie') return { ties: 1 }
  const comparison = {
    ...facts,
    margin: margin ?? facts.margin,
    prompt: pair.prompt,
    chosen: pair[winner],
    rejected: pair[winner === 'a' ? 'b' : 'a'],
    ...(votes === undefined ? {} : votesFor(votes, winner)),
    tags: tagsOf(winner),
  }
  return { comparisons: [compact(comparison)] }
}

/** The instruction, with its input after an empty line as Alpaca's rows have it. */
function promptOf(row: Row): TextOrChat {
  const field = promptFields.find((name) => name in row)
  if (field === undefined) return ''
  const prompt = parseFields(textFields(field), row)[field]!
  const { input } = parseFields(inputSchema, row)
  return typeof prompt === 'string' && input ? `${prompt}\n\n${input}` : prompt
}

function pairOf(row: Row): { prompt: TextOrChat; a: TextOrChat; b: TextOrChat } {
  const [fieldA, fieldB] = responsesOf(row) ?? responseFields[0]
  const parsed = parseFields(textFields(fieldA, fieldB), row)
  const a = parsed[fieldA]!
  const b = parsed[fieldB]!
  const prompt = promptOf(row)
  if (typeof a === 'string' || typeof b === 'string') return { prompt, a, b }
  const split = splitSharedMessages(a, b)
  return {
    prompt: split.prompt.length > 0 ? split.prompt : prompt,
    a: simplifyResponse(split.chosen),
    b: simplifyResponse(split.rejected),
  }
}

const tagFields = ['models', 'response_model', 'model_a', 'model_b']

/**
 * Two responses with a verdict: a label (`gold`, `label` or `winner`), HelpSteer's `preference_strength`, or
 * `votes` of several annotators, whose majority decides. A is the first response, B the second; what the labels 0, 1
 * and 2 mean is the option `labels`.
 */
export const pairwise: Dialect = {
  name: 'pairwise',
  title: 'Two responses with a verdict: response_a, response_b, and votes, label or winner',
  fields: ['response_a', 'response_b', 'votes'],
  detect: (row) => {
    const responses = responsesOf(row)
    const verdicts = verdictFields.filter((field) => field in row)
    if (responses === undefined || verdicts.length === 0) return undefined
    return `it has ${responses.join(' and ')}, judged by ${verdicts.join(' and ')}`
  },
  ambiguity: verdictAmbiguity,
  parse: (row, context) => judgedPair(row, pairOf(row), context, () => rowTags(row, tagFields)),
}
