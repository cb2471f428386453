import { setImmediate } from 'node:timers/promises'
import type { Matrix } from '../matrix'
import { checkTexts, checkVectors } from './check-vectors'
import type { EmbedOptions } from './embedder'

/** How to embed batch by batch. */
export interface BatchPlan extends EmbedOptions {
  /** What the vectors come from, for messages. */
  source: string
  /** Texts a batch. */
  batchSize: number
  /** Length of a vector, when it is known beforehand; otherwise that of the first batch. */
  columns?: number | undefined
  /** Vectors of one batch. */
  embedBatch: (texts: readonly string[]) => Promise<Matrix> | Matrix
}

/**
 * Vectors of all texts, one batch after the other; between batches other work gets its turn.
 * @throws the signal's reason when it is aborted, and as `checkVectors`.
 */
export async function embedInBatches(texts: readonly string[], plan: BatchPlan): Promise<Matrix> {
  const { source, batchSize, signal, onProgress, embedBatch } = plan
  checkTexts(source, texts)
  signal?.throwIfAborted()
  let columns = plan.columns
  let data = new Float32Array(texts.length * (columns ?? 0))
  // Before the first batch too: it may take long, or be asked for again and again.
  if (texts.length > 0) onProgress?.(0, texts.length)
  for (let first = 0; first < texts.length; first += batchSize) {
    signal?.throwIfAborted()
    const batch = texts.slice(first, first + batchSize)
    const vectors = checkVectors(await embedBatch(batch), batch, {
      source,
      positionOf: (row) => first + row,
      columns,
    })
    if (columns === undefined) data = new Float32Array(texts.length * vectors.columns)
    columns = vectors.columns
    data.set(vectors.data, first * columns)
    onProgress?.(first + batch.length, texts.length)
    await setImmediate()
  }
  return { data, rows: texts.length, columns: columns ?? 0 }
}
