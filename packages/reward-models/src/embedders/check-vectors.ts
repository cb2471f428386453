import type { Matrix } from '../matrix'
import { RewardModelError } from '../reward-model-error'

interface CheckVectorsOptions {
  source: string
  positionOf?: (row: number) => number
  columns?: number | undefined
}

/**
 * The vectors, when they are a matrix with one row of finite numbers, at least one, for each text. Nothing is taken on
 * trust: embedders are written by users, in plain JavaScript too, and numbers that are missing would be trained on as 0.
 * @param source What the vectors come from, for messages.
 * @param positionOf Position of a row's text among all that are embedded, for messages.
 * @throws RewardModelError `EMBEDDING_FAILED` for what is no matrix, one that contradicts itself, another number of
 *   vectors, or vectors without numbers; `NOT_FINITE` naming the text and the column; `DIMENSION_MISMATCH` when they are
 *   not `columns` wide.
 */
export function checkVectors(
  vectors: Matrix,
  texts: readonly string[],
  { source, positionOf = (row) => row, columns }: CheckVectorsOptions,
): Matrix {
  if (!isMatrixOf(texts.length, vectors)) {
    const expected =
      'a Float32Array of rows × columns numbers, with one row of at least one number for each text'
    const message = `${source}: gave ${describe(vectors)} for ${texts.length} texts; expected { data, rows, columns }: ${expected}`
    throw new RewardModelError('EMBEDDING_FAILED', message)
  }
  const { data, rows } = vectors
  if (columns !== undefined && rows > 0 && vectors.columns !== columns) {
    const message = `${source}: text ${positionOf(0)} has a vector of ${vectors.columns} numbers where others have ${columns}`
    throw new RewardModelError('DIMENSION_MISMATCH', message)
  }
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return vectors
  const row = Math.floor(bad / vectors.columns)
  const where = `text ${positionOf(row)} (${quoteText(texts[row]!)}), column ${bad % vectors.columns}`
  throw new RewardModelError('NOT_FINITE', `${source}: the vector of ${where} is ${data[bad]}, not finite`)
}

/** `Float32Array`, `Array`, `Undefined`, …: also of what was made in another realm, where `instanceof` fails. */
const classOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

function isMatrixOf(count: number, given: unknown): given is Matrix {
  const { data, rows, columns } = (given ?? {}) as Matrix
  return (
    classOf(data) === 'Float32Array' &&
    rows === count &&
    Number.isSafeInteger(columns) &&
    columns >= (rows > 0 ? 1 : 0) &&
    data.length === rows * columns
  )
}

function describe(given: unknown): string {
  if (classOf(given) !== 'Object') return describeList(given)
  const { data, rows, columns } = given as { [Field in keyof Matrix]: unknown }
  return `{ data: ${describeList(data)}, rows: ${String(rows)}, columns: ${String(columns)} }`
}

const describeList = (value: unknown): string => {
  const { length } = Object(value) as { length?: unknown }
  return typeof value === 'object' && length !== undefined ? `${classOf(value)}(${length})` : String(value)
}

/** The beginning of a text in quotation marks, for messages. */
export function quoteText(text: string): string {
  const longest = 60
  return JSON.stringify(text.length > longest ? `${text.slice(0, longest)}…` : text)
}

/** @throws RewardModelError `INVALID_OPTION` unless every text is a string, naming the first that is not. */
export function checkTexts(owner: string, texts: readonly string[]): void {
  const bad = texts.findIndex((text) => typeof text !== 'string')
  if (bad < 0) return
  throw new RewardModelError(
    'INVALID_OPTION',
    `${owner}: text ${bad}: expected a string, got ${JSON.stringify(texts[bad]) ?? typeof texts[bad]}`,
  )
}
