import type { Matrix } from '../matrix'
import { RewardModelError } from '../reward-model-error'

interface CheckVectorsOptions {
  source: string
  positionOf?: (row: number) => number
  columns?: number | undefined
}

/**
 * The vectors, when there is one of finite numbers for each text.
 * @param source What the vectors come from, for messages.
 * @param positionOf Position of a row's text among all that are embedded, for messages.
 * @throws RewardModelError `EMBEDDING_FAILED` for another number of vectors or a size that contradicts itself;
 *   `NOT_FINITE` naming the text and the column; `DIMENSION_MISMATCH` when they are not `columns` wide.
 */
export function checkVectors(
  vectors: Matrix,
  texts: readonly string[],
  { source, positionOf = (row) => row, columns }: CheckVectorsOptions,
): Matrix {
  const { data, rows } = vectors
  if (rows !== texts.length || data.length !== rows * vectors.columns) {
    const got = `${rows} vectors of ${vectors.columns} numbers in ${data.length} numbers`
    throw new RewardModelError('EMBEDDING_FAILED', `${source}: gave ${got} for ${texts.length} texts`)
  }
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
