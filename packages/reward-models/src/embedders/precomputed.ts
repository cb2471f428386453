import { createHash } from 'node:crypto'
import type { Matrix } from '../matrix'
import { RewardModelError } from '../reward-model-error'
import { checkTexts, checkVectors, quoteText } from './check-vectors'
import { embedInBatches } from './embed-in-batches'
import type { Embedder } from './embedder'

/**
 * An embedder that looks vectors up: row i of the matrix is the vector of text i. Its id is a hash of texts and vectors.
 * A text that stands twice must have the same vector twice.
 * @throws RewardModelError `EMBEDDING_FAILED` when there is not one row for each text, `NOT_FINITE` naming the text,
 *   `INVALID_OPTION` for one text with two vectors; `embed` rejects with `UNKNOWN_TEXT`, quoting its beginning.
 */
export function precomputed(matrix: Matrix, texts: readonly string[]): Embedder {
  checkTexts('precomputed', texts)
  const { data, columns } = checkVectors(matrix, texts, { source: 'precomputed' })
  const rowOf = indexTexts(texts, data, columns)
  return {
    id: `precomputed:1:${digest(texts, data, columns)}`,
    embed: (wanted, options = {}) =>
      embedInBatches(wanted, {
        ...options,
        source: 'precomputed',
        batchSize: 4096,
        columns,
        embedBatch: (batch) => {
          const found = new Float32Array(batch.length * columns)
          batch.forEach((text, i) => {
            const row = rowOf.get(text)
            if (row === undefined) throw unknownText(text, texts.length)
            found.set(data.subarray(row * columns, (row + 1) * columns), i * columns)
          })
          return { data: found, rows: batch.length, columns }
        },
      }),
  }
}

function indexTexts(
  texts: readonly string[],
  data: Float32Array,
  columns: number,
): ReadonlyMap<string, number> {
  const rowOf = new Map<string, number>()
  texts.forEach((text, row) => {
    const before = rowOf.get(text)
    if (before === undefined) rowOf.set(text, row)
    else if (!isSameRow(data, columns, before, row)) {
      const message = `precomputed: text ${quoteText(text)} has two vectors, in rows ${before} and ${row}`
      throw new RewardModelError('INVALID_OPTION', message)
    }
  })
  return rowOf
}

const isSameRow = (data: Float32Array, columns: number, a: number, b: number): boolean => {
  const row = data.subarray(a * columns, (a + 1) * columns)
  return row.every((value, i) => value === data[b * columns + i])
}

const unknownText = (text: string, count: number) =>
  new RewardModelError(
    'UNKNOWN_TEXT',
    `precomputed: no vector for the text ${quoteText(text)}: it is not among the ${count} texts that came with vectors`,
  )

function digest(texts: readonly string[], data: Float32Array, columns: number): string {
  const hash = createHash('sha256').update(`${columns}`)
  for (const text of texts) hash.update(`${text.length}:`).update(text, 'utf16le')
  return hash.update(data).digest('hex').slice(0, 32)
}
