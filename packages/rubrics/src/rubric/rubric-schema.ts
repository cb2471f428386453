const line = { type: 'string', pattern: '^\\S(?:.*\\S)?$' } as const
const text = { type: 'string', pattern: '\\S' } as const

const anchor = {
  type: 'object',
  additionalProperties: false,
  required: ['score', 'meaning'],
  properties: {
    score: { type: 'number', description: 'On the scale, its ends included.' },
    meaning: { ...text, description: 'What a response with that score is like.' },
  },
} as const

const scale = {
  type: 'object',
  additionalProperties: false,
  required: ['min', 'max'],
  properties: {
    min: { type: 'number', description: 'The worst score.' },
    max: { type: 'number', description: 'The best score; above min.' },
    anchors: { type: 'array', items: anchor, description: 'What some of the scores mean.' },
  },
} as const

const rubric = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'description', 'scale'],
  properties: {
    name: { ...line, description: 'One line; no two rubrics of a set have the same, whatever the case.' },
    description: { ...text, description: 'What a judge is to look at, and how to weigh it.' },
    scale,
    weight: { type: 'number', minimum: 0, description: 'Share in an aggregate; 1 where absent.' },
    check: { ...line, description: 'The name of a function that verifies the criterion instead of a judge.' },
  },
} as const

/**
 * The JSON Schema (draft 2020-12) of a `RubricSet`, for editors and other languages. It refuses nothing that
 * `parseRubrics` takes. What it has no words for, only that function checks: `max` is above `min`, anchors lie on the
 * scale and each score has at most one, and names differ.
 */
export const rubricSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Rubrics',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'rubrics'],
  properties: {
    name: { ...line, description: 'What the rubrics are for.' },
    rubrics: { type: 'array', minItems: 1, items: rubric },
  },
} as const
