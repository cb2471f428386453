import { responseText, type TextOrChat } from '@prefkit/datasets'
import { type LocatedRow, placeName } from '../tables/located-row'
import { type ColumnNames, checkColumns, type KnownColumns, type RowFields, rowFields } from './row-fields'

/** Scored responses, one entry for each in every column, and the pairs that the rows were, where they were pairs. */
export interface ScoreTable {
  /** What makes two responses those of one prompt. */
  readonly promptKeys: string[]
  readonly prompts: TextOrChat[]
  /** True where the table says no prompts, and all responses are as if to one. */
  readonly lacksPrompts?: boolean
  /** The text of each, or its id where the table has no texts. */
  readonly responses: TextOrChat[]
  readonly ids: string[]
  readonly scores: number[]
  /** In any one unit; characters where the table has texts and no lengths. */
  readonly lengths: number[] | undefined
  /** Number of the annotator who wrote it; −1 for none. */
  readonly authors: number[] | undefined
  readonly features: number[][] | undefined
  readonly pairs: { readonly first: number[]; readonly second: number[] } | undefined
}

const shared = {
  prompt: ['prompt', 'prompt_id', 'question', 'instruction'],
  id: ['id', 'response_id', 'pair'],
}

/** Columns of a table of one response a row, or a list of them. */
const known: KnownColumns = {
  ...shared,
  response: ['response', 'completion', 'answer', 'text'],
  score: ['score', 'reward', 'rating'],
  length: ['length', 'tokens'],
  author: ['author'],
  features: ['features', 'embedding'],
  responses: ['responses'],
  scores: ['scores', 'rewards'],
  first: ['response_a', 'response_1', 'chosen'],
  second: ['response_b', 'response_2', 'rejected'],
  'first-score': ['score_a', 'score_1', 'chosen_reward', 'score_chosen', 'chosen_score'],
  'second-score': ['score_b', 'score_2', 'rejected_reward', 'score_rejected', 'rejected_score'],
}

/** One response before it is put into columns. */
interface Scored {
  readonly id: string
  readonly response: TextOrChat | undefined
  readonly score: number
  readonly length?: number | undefined
  readonly author?: number | undefined
  readonly features?: number[] | undefined
}

const isMessage = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'role' in value && 'content' in value

const isText = (value: unknown): value is TextOrChat =>
  typeof value === 'string' || (Array.isArray(value) && value.length > 0 && value.every(isMessage))

const textExpected = 'text or a list of chat messages'

function textOf(fields: RowFields, name: string): TextOrChat {
  const value = fields.value(name)
  if (isText(value)) return value
  throw fields.fault(name, textExpected)
}

const optionally = <T>(fields: RowFields, name: string, read: (name: string) => T): T | undefined =>
  fields.columnOf(name) === undefined ? undefined : read(name)

function listOf<T>(fields: RowFields, name: string, what: string, is: (value: unknown) => value is T): T[] {
  const value = fields.value(name)
  const list = typeof value === 'string' ? parsedList(value) : value
  if (Array.isArray(list) && list.every(is)) return list
  throw fields.fault(name, `a list of ${what}`)
}

/** Lists in CSV are JSON. */
function parsedList(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value)

const featuresOf = (fields: RowFields): number[] =>
  listOf(fields, 'features', 'finite numbers', isFiniteNumber)

function integerOf(fields: RowFields, name: string): number {
  const value = fields.number(name)
  if (Number.isInteger(value) && value >= -1) return value
  throw fields.fault(name, 'the number of an annotator, from 0, or -1 for none')
}

/** What a row holds: its responses, two and to be compared where `isPair`. */
type Layout = (fields: RowFields, id: string) => Scored[]

const single: Layout = (fields, id) => [
  {
    id,
    response: optionally(fields, 'response', (name) => textOf(fields, name)),
    score: fields.number('score'),
    length: optionally(fields, 'length', fields.number),
    author: optionally(fields, 'author', (name) => integerOf(fields, name)),
    features: optionally(fields, 'features', () => featuresOf(fields)),
  },
]

const listed: Layout = (fields, id) => {
  const responses = listOf(fields, 'responses', `responses, each ${textExpected}`, isText)
  const scores = listOf(fields, 'scores', 'finite numbers', isFiniteNumber)
  if (scores.length !== responses.length)
    throw fields.fault('scores', `as many as the ${responses.length} responses`)
  return responses.map((response, i) => ({ id: `${id}:${i + 1}`, response, score: scores[i]! }))
}

const paired: Layout = (fields, id) => [
  { id: `${id}:a`, response: textOf(fields, 'first'), score: fields.number('first-score') },
  { id: `${id}:b`, response: textOf(fields, 'second'), score: fields.number('second-score') },
]

/** The layout of a row: that of pairs or lists where it has their columns, else one response. */
function layoutOf(fields: RowFields): Layout {
  if (fields.columnOf('first') !== undefined && fields.columnOf('second') !== undefined) return paired
  return fields.columnOf('responses') !== undefined && fields.columnOf('score') === undefined
    ? listed
    : single
}

function promptOf(fields: RowFields): TextOrChat {
  const value = fields.value('prompt')
  if (typeof value === 'number') return String(value)
  return value === undefined ? '' : textOf(fields, 'prompt')
}

const keyOf = (prompt: TextOrChat): string => (typeof prompt === 'string' ? prompt : JSON.stringify(prompt))

/** A column that all rows have, or none. The first row at odds with the first of all is at fault. */
function column<T>(
  items: readonly { readonly fields: RowFields; readonly scored: Scored }[],
  name: 'length' | 'author' | 'features',
): T[] | undefined {
  const has = ({ scored }: (typeof items)[number]) => scored[name] !== undefined
  if (!items.some(has)) return undefined
  const without = items.find((item) => !has(item))
  if (without) throw without.fields.fault(name, 'a value, as other rows have one')
  return items.map(({ scored }) => scored[name] as T)
}

/** Whether rows have prompts: all of them or none, and all where a column is named. */
function checkPrompts(rows: readonly RowFields[], isNamed: boolean): boolean {
  const has = (fields: RowFields) => fields.columnOf('prompt') !== undefined
  if (!isNamed && !rows.some(has)) return false
  const without = rows.find((fields) => !has(fields))
  if (without) throw without.fault('prompt', isNamed ? textExpected : 'a value, as other rows have one')
  return true
}

function checkWidths(items: readonly { readonly fields: RowFields; readonly scored: Scored }[]): void {
  const width = items[0]!.scored.features?.length
  const other = items.find(({ scored }) => scored.features?.length !== width)
  if (other) throw other.fields.fault('features', `${width} numbers, as the first row has`)
}

/**
 * Scored responses of a table: rows of one response (`prompt`, `response` or `id`, `score`), of all of a prompt
 * (`responses` with `scores` or `rewards`, as `prefkit reward score` writes them), or of two with a score each.
 * @param columns names of columns where they are other than usual.
 * @throws DatasetError naming file, line and column; PrefkitError `INVALID_CONFIG` for columns that no table has.
 */
export function scoreTable(rows: readonly LocatedRow[], columns: ColumnNames = {}): ScoreTable {
  checkColumns(columns, known)
  const first = layoutOf(rowFields(rows[0]!, known, columns))
  const read = rows.map((row) => rowFields(row, known, columns))
  const hasPrompts = checkPrompts(read, columns.prompt !== undefined)
  const hasFiles = new Set(rows.map(({ place }) => place.file)).size > 1
  const items = rows.flatMap((row, i) => {
    const fields = read[i]!
    const id = fields.columnOf('id') === undefined ? placeName(row, hasFiles) : String(fields.name('id'))
    const prompt = promptOf(fields)
    return first(fields, id).map((scored) => ({ fields, prompt, scored }))
  })
  checkWidths(items)
  const lengths = column<number>(items, 'length')
  const hasTexts = items.every(({ scored }) => scored.response !== undefined)
  const even = Array.from({ length: items.length / 2 }, (_, i) => 2 * i)
  return {
    promptKeys: items.map(({ prompt }) => keyOf(prompt)),
    prompts: items.map(({ prompt }) => prompt),
    lacksPrompts: !hasPrompts,
    responses: items.map(({ scored }) => scored.response ?? scored.id),
    ids: items.map(({ scored }) => scored.id),
    scores: items.map(({ scored }) => scored.score),
    lengths:
      lengths ?? (hasTexts ? items.map(({ scored }) => responseText(scored.response!).length) : undefined),
    authors: column<number>(items, 'author'),
    features: column<number[]>(items, 'features'),
    pairs: first === paired ? { first: even, second: even.map((i) => i + 1) } : undefined,
  }
}
