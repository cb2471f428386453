import { describe, expect, test } from 'vitest'
import { rowDialect } from '../detect-dialect'
import type { ParsedRow, Row } from './dialect'
import { type DialectName, dialectNames, dialectTable } from './dialect-table'

const user = (content: string) => ({ role: 'user', content })
const assistant = (content: string) => ({ role: 'assistant', content })
const context = { fallbackId: 'f:1' }

const base = { id: 'f:1', chosen: 'Four.', rejected: 'Five.' }

/** One row of each dialect, and what it holds. */
const rows: Record<DialectName, { row: Row; parsed: ParsedRow }> = {
  trl: {
    row: {
      prompt: '2+2?',
      chosen: 'Four.',
      rejected: 'Five.',
      id: 7,
      category: 'sums',
      annotator: 3,
      margin: 0.5,
    },
    parsed: {
      comparisons: [{ ...base, id: '7', source: 'sums', annotator: '3', margin: 0.5, prompt: '2+2?' }],
    },
  },
  'trl-implicit': {
    row: { chosen: 'Q: 2+2? A: Four.', rejected: 'Q: 2+2? A: 5.', margin: null },
    parsed: { comparisons: [{ id: 'f:1', prompt: 'Q: 2+2? A:', chosen: ' Four.', rejected: ' 5.' }] },
  },
  'trl-conversational': {
    row: { prompt: [user('2+2?')], chosen: [assistant('Four.')], rejected: [assistant('Five.')] },
    parsed: { comparisons: [{ ...base, prompt: [user('2+2?')] }] },
  },
  'trl-conversational-implicit': {
    row: {
      chosen: [user('2+2?'), assistant('Four.')],
      rejected: [user('2+2?'), assistant('Five.'), user('Sure?'), assistant('No.')],
    },
    parsed: {
      comparisons: [
        { ...base, prompt: [user('2+2?')], rejected: [assistant('Five.'), user('Sure?'), assistant('No.')] },
      ],
    },
  },
  ultrafeedback: {
    row: {
      prompt: '2+2?',
      prompt_id: 'abc',
      chosen: [user('2+2?'), assistant('Four.')],
      rejected: [user('2+2?'), assistant('Five.')],
      score_chosen: 8.5,
      score_rejected: 6,
    },
    parsed: { comparisons: [{ ...base, id: 'abc', margin: 2.5, prompt: [user('2+2?')] }] },
  },
  hh: {
    row: {
      chosen: '\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: 2+2?\n\nAssistant: Four.',
      rejected: '\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: 2+2?\n\nAssistant: Five.',
    },
    parsed: { comparisons: [{ ...base, prompt: [user('Hi'), assistant('Hello'), user('2+2?')] }] },
  },
  'hh-continuation': {
    row: { prompt: '\n\nHuman: 2+2?\n\nAssistant:', chosen: ' Four.', rejected: ' Five.' },
    parsed: { comparisons: [{ ...base, prompt: [user('2+2?')] }] },
  },
  rewardbench: {
    row: {
      id: 30,
      prompt: '2+2?',
      chosen: 'Four.',
      chosen_model: 'm1',
      rejected: 'Five.',
      rejected_model: 'm2',
      subset: 'math',
    },
    parsed: {
      comparisons: [
        {
          ...base,
          id: '30',
          source: 'math',
          prompt: '2+2?',
          tags: { chosen_model: 'm1', rejected_model: 'm2' },
        },
      ],
    },
  },
  'rm-bench': {
    row: { id: 'x', domain: 'chat', prompt: 'p', chosen: ['c0', 'c1', 'c2'], rejected: ['r0', 'r1', 'r2'] },
    parsed: {
      comparisons: [
        ['concise', 'concise', 'normal', 0, 0],
        ['concise', 'detailed_plain', 'hard', 0, 1],
        ['concise', 'detailed_markdown', 'hard', 0, 2],
        ['detailed_plain', 'concise', 'easy', 1, 0],
        ['detailed_plain', 'detailed_plain', 'normal', 1, 1],
        ['detailed_plain', 'detailed_markdown', 'hard', 1, 2],
        ['detailed_markdown', 'concise', 'easy', 2, 0],
        ['detailed_markdown', 'detailed_plain', 'easy', 2, 1],
        ['detailed_markdown', 'detailed_markdown', 'normal', 2, 2],
      ].map(([chosen_style, rejected_style, difficulty, i, j]) => ({
        id: `x/${i}-${j}`,
        source: 'chat',
        prompt: 'p',
        chosen: `c${i}`,
        rejected: `r${j}`,
        tags: { chosen_style, rejected_style, difficulty } as Record<string, string>,
      })),
    },
  },
  kto: {
    row: { prompt: '2+2?', completion: [assistant('Four.')], label: true },
    parsed: { responses: [{ id: 'f:1', prompt: '2+2?', response: 'Four.', rating: 1, scale: 'binary' }] },
  },
  helpsteer: {
    row: { prompt: '2+2?', response: 'Four.', helpfulness: 4, correctness: 4, verbosity: 1 },
    parsed: { responses: [{ id: 'f:1', prompt: '2+2?', response: 'Four.', rating: 4, scale: 'scalar' }] },
  },
  pairwise: {
    row: { prompt: '2+2?', response_a: 'Five.', response_b: 'Four.', votes: [2, 'tie', 'B', 1] },
    parsed: {
      comparisons: [
        {
          ...base,
          prompt: '2+2?',
          votes: [{ verdict: 'chosen' }, { verdict: 'tie' }, { verdict: 'chosen' }, { verdict: 'rejected' }],
          preference: 2.5 / 4,
        },
      ],
    },
  },
  'pairwise-by-id': {
    row: { pair: 'a_b', a1: 'a', a2: 'b', gold: 2, votes: [[9, 2]], topic: 't', strict: true },
    parsed: {
      comparisons: [
        {
          ...base,
          id: 'a_b',
          source: 't',
          prompt: '2+2?',
          votes: [{ verdict: 'chosen', annotator: '9' }],
          preference: 1,
          tags: { debate: 'sums', topic: 't', strict: 'true', chosen_id: 'b', rejected_id: 'a' },
        },
      ],
    },
  },
  'openai-dpo': {
    row: {
      input: { messages: [user('2+2?')], tools: [] },
      preferred_output: [assistant('Four.')],
      non_preferred_output: [assistant('Five.')],
    },
    parsed: { comparisons: [{ ...base, prompt: [user('2+2?')] }] },
  },
}

const tags = { debate: 'sums' }
const texts = new Map([
  ['a', { text: 'Five.', prompt: '2+2?', tags }],
  ['b', { text: 'Four.', prompt: '2+2?', tags }],
])

/** Fields that tell a dialect, and that one of its rows may do without. */
const mayBeAbsent = new Set(['votes', 'score_chosen', 'score_rejected', 'subset', 'chosen_model'])

describe.each(dialectNames)('%s', (name) => {
  const { row, parsed } = rows[name]

  test('is detected, with a reason', () => {
    expect(rowDialect(row)).toEqual({ dialect: name, why: expect.stringMatching(/\w/) })
  })

  test('parses', () => {
    expect(dialectTable[name].parse(row, { ...context, texts })).toEqual(parsed)
  })

  test('is named by its key, and needs only fields its row has', () => {
    expect(dialectTable[name].name).toBe(name)
    for (const field of dialectTable[name].fields) expect(row[field], field).toBeDefined()
  })

  test.each(dialectTable[name].fields.filter((field) => !mayBeAbsent.has(field)))(
    'names the field %s when it is missing or of the wrong type',
    (field) => {
      const without = Object.fromEntries(Object.entries(row).filter(([key]) => key !== field))
      const parse = (changed: Row) => dialectTable[name].parse(changed, { ...context, texts })
      expect(() => parse(without)).toThrowError(
        expect.objectContaining({ code: 'FIELD_MISSING', place: { field } }),
      )
      expect(() => parse({ ...row, [field]: Symbol('12') })).toThrowError(
        expect.objectContaining({
          code: 'FIELD_TYPE',
          place: { field },
          message: expect.stringContaining('12'),
        }),
      )
    },
  )
})
